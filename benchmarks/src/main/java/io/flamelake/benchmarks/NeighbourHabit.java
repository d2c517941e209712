/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

/** What a tenant does who has no regard for others. */
enum NeighbourHabit {
  BEYOND_LIMIT("a neighbour who pushes as fast as it can, limited to 4 MB/s", "limited"),
  PUSHES("a neighbour who pushes as fast as it can, without a limit", "greedy"),
  GRPC("the same by gRPC, its messages compressed", "greedy"),
  SLOW_BODIES("a neighbour who sends 16 big bodies at once, each for 2 s", "slow");

  /** Whose the habits are. */
  static final String OVERRIDES =
      """
      overrides:
        limited:
          ingestion_rate_mb: 4
          ingestion_burst_size_mb: 4
      """;

  private final String title;
  private final String tenant;

  NeighbourHabit(String title, String tenant) {
    this.title = title;
    this.tenant = tenant;
  }

  String title() {
    return title;
  }

  String tenant() {
    return tenant;
  }
}
