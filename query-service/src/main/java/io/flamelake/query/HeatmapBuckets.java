/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

/**
 * The rows of a heatmap: equally high ranges of values between the least and the greatest.
 *
 * @param min least value
 * @param max greatest value, above the least
 */
public record HeatmapBuckets(long min, long max) {
  public static final int COUNT = 20;

  public HeatmapBuckets {
    if (max <= min) {
      throw new IllegalArgumentException("max: " + max + " (expected: > " + min + ")");
    }
  }

  /** The bucket that counts a value, clamped to those there are. */
  int bucketOf(long value) {
    if (value >= max) {
      return COUNT - 1;
    }

    long offset = Math.max(0, value - min);
    // Rounding must not move a value that lies on a bound, unless it is too large to be exact.
    return offset <= Long.MAX_VALUE / COUNT
        ? (int) (offset * COUNT / (max - min))
        : Math.min(COUNT - 1, (int) (offset / height()));
  }

  /** Where a bucket begins. */
  public double lowerBound(int bucket) {
    return min + bucket * height();
  }

  private double height() {
    return ((double) max - min) / COUNT;
  }
}
