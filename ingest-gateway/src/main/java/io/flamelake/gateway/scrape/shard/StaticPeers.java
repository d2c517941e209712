/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.shard;

import java.util.List;

/** The replicas that the configuration names. */
final class StaticPeers implements PeerSource {

  private final List<Peer> peers;

  StaticPeers(List<String> authorities) {
    this.peers = authorities.stream().map(authority -> new Peer(authority, authority)).toList();
  }

  @Override
  public void start() {}

  @Override
  public List<Peer> peers() {
    return peers;
  }

  @Override
  public void close() {}
}
