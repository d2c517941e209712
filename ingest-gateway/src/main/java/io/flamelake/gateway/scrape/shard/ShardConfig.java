/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.shard;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who shares the targets.
 *
 * @param service a Kubernetes service whose endpoints are the replicas, {@code namespace/name} or a
 *     name in this process' namespace; null for none
 * @param peers the replicas as {@code host:port}, this one among them; none: it is alone, or there
 *     is a service
 * @param self which of them this replica is: one of the peers, or with a service the name of its
 *     pod
 * @param checkInterval how often the others are asked whether they scrape
 */
public record ShardConfig(
    @Nullable String service, List<String> peers, @Nullable String self, Duration checkInterval) {

  private static final Duration DEFAULT_CHECK_INTERVAL = Duration.ofSeconds(1);

  public ShardConfig {
    peers = List.copyOf(peers);
    requireNonNull(checkInterval, "checkInterval");
    if (service != null && !peers.isEmpty()) {
      throw new IllegalArgumentException(
          "gateway.scrape.shard.service and gateway.scrape.shard.peers exclude each other");
    }

    if (!peers.isEmpty() && (self == null || !peers.contains(self))) {
      throw new IllegalArgumentException(
          "gateway.scrape.shard.self: " + self + " (expected: one of " + peers + ")");
    }

    if (service != null && self == null) {
      throw new IllegalArgumentException(
          "gateway.scrape.shard.self is missing (expected: the name of this pod)");
    }
  }

  /** There is one replica. */
  public static ShardConfig alone() {
    return new ShardConfig(null, List.of(), null, DEFAULT_CHECK_INTERVAL);
  }
}
