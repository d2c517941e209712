/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How long a lane tries to put one segment.
 *
 * @param maxAttempts puts in all, the first one included
 * @param firstBackoff the pause after the first attempt; doubled after each next one
 * @param maxBackoff the longest pause
 */
public record LaneRetry(int maxAttempts, Duration firstBackoff, Duration maxBackoff) {
  /** Six attempts with pauses of 3.1 s in all: clients wait for the answer meanwhile. */
  public static final LaneRetry DEFAULT =
      new LaneRetry(6, Duration.ofMillis(100), Duration.ofSeconds(2));

  public LaneRetry {
    requireNonNull(firstBackoff, "firstBackoff");
    requireNonNull(maxBackoff, "maxBackoff");
    if (maxAttempts < 1) {
      throw new IllegalArgumentException("maxAttempts: " + maxAttempts + " (expected: >= 1)");
    }

    if (firstBackoff.isNegative() || maxBackoff.compareTo(firstBackoff) < 0) {
      throw new IllegalArgumentException(
          "firstBackoff: "
              + firstBackoff
              + ", maxBackoff: "
              + maxBackoff
              + " (expected: 0 <= first <= max)");
    }
  }

  Duration backoffAfter(int attempt) {
    Duration backoff = firstBackoff;
    for (int i = 1; i < attempt && backoff.compareTo(maxBackoff) < 0; i++) {
      backoff = backoff.multipliedBy(2);
    }

    return backoff.compareTo(maxBackoff) < 0 ? backoff : maxBackoff;
  }
}
