/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.shard;

import static java.util.Objects.requireNonNull;

/**
 * A replica of the gateway.
 *
 * @param name what all replicas call it
 * @param authority where it answers, {@code host:port}
 */
public record Peer(String name, String authority) {

  public Peer {
    requireNonNull(name, "name");
    requireNonNull(authority, "authority");
  }
}
