/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.shard;

import java.util.List;

/** Says which replicas there should be, alive or not. */
interface PeerSource extends AutoCloseable {

  /** Begins to look, and returns at once. */
  void start();

  /** The replicas known now, this one among them if it is one. */
  List<Peer> peers();

  @Override
  void close();
}
