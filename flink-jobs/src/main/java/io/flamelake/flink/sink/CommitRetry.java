/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import java.io.Serializable;
import java.time.Duration;

/**
 * How long a commit is tried: pauses double from the shortest to the longest one.
 *
 * @param timeout after which the commit is given up and the job starts again
 */
public record CommitRetry(Duration shortestPause, Duration longestPause, Duration timeout)
    implements Serializable {

  public static final CommitRetry DEFAULT =
      new CommitRetry(Duration.ofMillis(50), Duration.ofSeconds(5), Duration.ofMinutes(1));

  private static final long serialVersionUID = 1L;

  public CommitRetry {
    if (shortestPause.isNegative() || longestPause.compareTo(shortestPause) < 0) {
      throw new IllegalArgumentException(
          "Pauses: " + shortestPause + " to " + longestPause + " (expected: ascending)");
    }
  }

  /** Returns how long to wait after a failed attempt, counted from 1. */
  public Duration pauseAfter(int attempt) {
    int doublings = Math.min(attempt - 1, 16);
    Duration pause = shortestPause.multipliedBy(1L << doublings);
    return pause.compareTo(longestPause) < 0 ? pause : longestPause;
  }
}
