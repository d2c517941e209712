/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;

/**
 * The microseconds since the epoch that a query covers: start included, end not.
 *
 * @param startMicros first instant inside
 * @param endMicros first instant after; an end at or before the start makes the range empty
 */
public record TimeRange(long startMicros, long endMicros) {
  private static final long MICROS_PER_MILLI = 1_000;
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  private static final long MIN_SHOWN_MICROS = 0;
  private static final long MAX_SHOWN_MICROS = 253_402_300_799_999_999L;

  /** Milliseconds [start, end), as the API's requests hold them; saturates. */
  public static TimeRange ofMillis(long startMillis, long endMillis) {
    return new TimeRange(microsOf(startMillis), microsOf(endMillis));
  }

  static long microsOf(long millis) {
    if (millis > Long.MAX_VALUE / MICROS_PER_MILLI) {
      return Long.MAX_VALUE;
    }

    if (millis < Long.MIN_VALUE / MICROS_PER_MILLI) {
      return Long.MIN_VALUE;
    }

    return millis * MICROS_PER_MILLI;
  }

  public boolean isEmpty() {
    return endMicros <= startMicros;
  }

  public boolean contains(long micros) {
    return micros >= startMicros && micros < endMicros;
  }

  /** The range as ISO 8601 says it, for people; cut to the years 1970 to 9999. */
  public String toInstants() {
    return "[" + instant(startMicros) + ", " + instant(endMicros) + ")";
  }

  private static Instant instant(long micros) {
    long cut = Math.max(MIN_SHOWN_MICROS, Math.min(MAX_SHOWN_MICROS, micros));
    return Instant.EPOCH.plus(cut, ChronoUnit.MICROS);
  }

  /** Days since the epoch of the first UTC day that the range touches. */
  public long firstEpochDay() {
    return epochDay(startMicros);
  }

  /** Days since the epoch of the last UTC day that the range touches. */
  public long lastEpochDay() {
    return epochDay(isEmpty() ? endMicros : endMicros - 1);
  }

  /** Days since the epoch of the UTC day that holds {@code micros}; see {@link LocalDate}. */
  public static long epochDay(long micros) {
    return Math.floorDiv(micros, MICROS_PER_DAY);
  }
}
