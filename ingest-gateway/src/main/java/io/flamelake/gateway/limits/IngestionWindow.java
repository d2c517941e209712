/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.limits;

import io.flamelake.model.DiscardReason;
import io.flamelake.model.LabelSet;
import java.time.Duration;
import java.time.Instant;

/** The times a profile may carry. */
public final class IngestionWindow {

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final Duration rejectOlderThan;
  private final Duration rejectNewerThan;

  public IngestionWindow(Limits limits) {
    this.rejectOlderThan = limits.rejectOlderThan();
    this.rejectNewerThan = limits.rejectNewerThan();
  }

  /**
   * Checks a profile's time against the clock.
   *
   * @param timeNanos since the epoch; negative times are outside of every window
   * @throws RejectedProfileException if the time is outside
   */
  public void check(LabelSet labels, long timeNanos, Instant now) {
    Instant start = rejectOlderThan.isZero() ? Instant.EPOCH : now.minus(rejectOlderThan);
    Instant end = rejectNewerThan.isZero() ? Instant.MAX : now.plus(rejectNewerThan);
    Instant time =
        Instant.ofEpochSecond(
            Math.floorDiv(timeNanos, NANOS_PER_SECOND), Math.floorMod(timeNanos, NANOS_PER_SECOND));
    if (time.isBefore(start) || time.isAfter(end)) {
      throw new RejectedProfileException(
          DiscardReason.NOT_IN_INGESTION_WINDOW,
          ("profile with labels '%s' is outside of ingestion window (profile timestamp: %s, the"
                  + " ingestion window starts at %s and ends at %s)")
              .formatted(LabelRules.describe(labels), time, start, end));
    }
  }
}
