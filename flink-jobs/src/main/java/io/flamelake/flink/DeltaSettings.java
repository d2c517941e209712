/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Duration;

/**
 * How differences of cumulative profiles are made.
 *
 * @param baselineTimeToLive how long the last profile of a series is remembered: longer than any
 *     pause between two
 * @param replayWindow how much of the log before the table's watermarks is read for base lines that
 *     the job's state lacks
 */
public record DeltaSettings(Duration baselineTimeToLive, Duration replayWindow)
    implements Serializable {

  public static final DeltaSettings DEFAULT =
      new DeltaSettings(Duration.ofHours(1), Duration.ofMinutes(2));

  private static final long serialVersionUID = 1L;

  public DeltaSettings {
    requireNonNull(baselineTimeToLive, "baselineTimeToLive");
    requireNonNull(replayWindow, "replayWindow");
    if (baselineTimeToLive.isNegative() || baselineTimeToLive.isZero()) {
      throw new IllegalArgumentException(
          "baselineTimeToLive: " + baselineTimeToLive + " (expected: > 0)");
    }

    if (replayWindow.isNegative()) {
      throw new IllegalArgumentException("replayWindow: " + replayWindow + " (expected: >= 0)");
    }
  }

  DeltaSettings withBaselineTimeToLive(Duration duration) {
    return new DeltaSettings(duration, replayWindow);
  }

  DeltaSettings withReplayWindow(Duration duration) {
    return new DeltaSettings(baselineTimeToLive, duration);
  }
}
