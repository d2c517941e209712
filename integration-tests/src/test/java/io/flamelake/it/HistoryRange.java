/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;

/** A range of time that a question is about; its end is exclusive. */
record HistoryRange(Instant from, Instant to) {

  /**
   * Draws a range within another: some minutes, cut anywhere; full hours; full days; up to the
   * newest profiles; or everything.
   */
  static HistoryRange draw(Random random, Instant earliest, Instant latest) {
    long span = Duration.between(earliest, latest).toMillis();
    Instant from = earliest.plusMillis(random.nextLong(span));
    Instant to =
        switch (random.nextInt(5)) {
          case 0 -> from.plusMillis(1 + random.nextLong(Duration.ofHours(3).toMillis()));
          case 1 -> {
            from = from.truncatedTo(ChronoUnit.HOURS);
            yield from.plus(Duration.ofHours(1 + random.nextInt(30)));
          }
          case 2 -> {
            from = from.truncatedTo(ChronoUnit.DAYS);
            yield from.plus(Duration.ofDays(1 + random.nextInt(3)));
          }
          case 3 -> latest;
          default -> {
            from = earliest;
            yield latest;
          }
        };
    return new HistoryRange(
        from.isBefore(earliest) ? earliest : from, to.isAfter(latest) ? latest : to);
  }

  /** The UTC days that the range touches, as a range. */
  HistoryRange days() {
    Instant lastDay = to.minusMillis(1).truncatedTo(ChronoUnit.DAYS);
    return new HistoryRange(from.truncatedTo(ChronoUnit.DAYS), lastDay.plus(Duration.ofDays(1)));
  }

  long fromMillis() {
    return from.toEpochMilli();
  }

  long toMillis() {
    return to.toEpochMilli();
  }
}
