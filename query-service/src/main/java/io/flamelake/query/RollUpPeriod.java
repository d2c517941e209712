/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

/**
 * The lengths of time that roll-ups are made of. Periods are numbered from the epoch on, in UTC.
 */
public enum RollUpPeriod {
  HOUR(3_600_000_000L),
  DAY(86_400_000_000L);

  private final long micros;

  RollUpPeriod(long micros) {
    this.micros = micros;
  }

  /** The number of the period that holds a time. */
  public long number(long timeMicros) {
    return Math.floorDiv(timeMicros, micros);
  }

  /** When a period begins. */
  public long startMicros(long number) {
    return Math.multiplyExact(number, micros);
  }

  /** All of a period. */
  public TimeRange range(long number) {
    return new TimeRange(startMicros(number), startMicros(number + 1));
  }
}
