/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

/**
 * The points of a time series: {@code start, start + step, … <= end}, each the sum over the step
 * that ends with it, (t − step, t].
 *
 * @param startMillis time of the first point
 * @param endMillis no point is later
 * @param stepMillis distance of two points
 */
public record TimeGrid(long startMillis, long endMillis, long stepMillis) {
  /** More points than any chart has pixels, few enough to hold for many series. */
  public static final int MAX_POINTS = 100_000;

  public TimeGrid {
    if (stepMillis < 1) {
      throw new IllegalArgumentException("stepMillis: " + stepMillis + " (expected: >= 1)");
    }

    if (endMillis < startMillis) {
      throw new IllegalArgumentException(
          "endMillis: " + endMillis + " (expected: >= " + startMillis + ")");
    }

    long span = endMillis - startMillis;
    if (span < 0 || span / stepMillis >= MAX_POINTS) {
      throw new IllegalArgumentException(
          "stepMillis: " + stepMillis + " (expected: at most " + MAX_POINTS + " points)");
    }
  }

  /** The points that together count everything in [start, end): the last one may lie after it. */
  public static TimeGrid covering(long startMillis, long endMillis, long stepMillis) {
    if (stepMillis < 1 || endMillis < startMillis || endMillis - startMillis < 0) {
      return new TimeGrid(startMillis, endMillis, stepMillis);
    }

    long steps = -Math.floorDiv(startMillis - endMillis, stepMillis);
    return new TimeGrid(startMillis, startMillis + steps * stepMillis, stepMillis);
  }

  public int size() {
    return (int) ((endMillis - startMillis) / stepMillis) + 1;
  }

  public long pointMillis(int point) {
    return startMillis + point * stepMillis;
  }

  /** All instants that count towards a point. */
  public TimeRange range() {
    long last = pointMillis(size() - 1);
    return new TimeRange(
        TimeRange.microsOf(startMillis - stepMillis) + 1, TimeRange.microsOf(last) + 1);
  }

  /** The point that an instant counts towards; outside of [0, size) if it counts towards none. */
  public long pointAt(long micros) {
    long offset = micros - TimeRange.microsOf(startMillis);
    return -Math.floorDiv(-offset, stepMillis * 1_000);
  }
}
