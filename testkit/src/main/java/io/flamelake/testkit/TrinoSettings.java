/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

/**
 * How a {@link TrinoServer} runs.
 *
 * @param heapMegabytes its largest heap; more than half of it is for queries
 * @param quickStart compiles quickly and not well: half the time to start, and slower queries
 */
public record TrinoSettings(int heapMegabytes, boolean quickStart) {
  private static final int LEAST_HEAP_MEGABYTES = 1024;

  public TrinoSettings {
    if (heapMegabytes < LEAST_HEAP_MEGABYTES) {
      throw new IllegalArgumentException(
          "heapMegabytes: " + heapMegabytes + " (expected: >= " + LEAST_HEAP_MEGABYTES + ")");
    }
  }

  /** Starts soon and is small. */
  public static TrinoSettings forTests() {
    return new TrinoSettings(1500, true);
  }

  /** Runs queries as fast as a server in production with this heap. */
  public static TrinoSettings forMeasurements(int heapMegabytes) {
    return new TrinoSettings(heapMegabytes, false);
  }

  int queryMegabytes() {
    return heapMegabytes * 8 / 15;
  }

  int headroomMegabytes() {
    return heapMegabytes / 5;
  }
}
