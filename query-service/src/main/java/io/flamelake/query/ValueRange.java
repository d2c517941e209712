/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import org.jspecify.annotations.Nullable;

/** The least and the greatest of the values seen. Not thread-safe. */
public final class ValueRange {
  private long min = Long.MAX_VALUE;
  private long max = Long.MIN_VALUE;

  public void add(long value) {
    this.min = Math.min(min, value);
    this.max = Math.max(max, value);
  }

  /** The buckets of a heatmap of these values; null if there are none. */
  public @Nullable HeatmapBuckets toBuckets() {
    if (min > max) {
      return null;
    }

    return new HeatmapBuckets(min, min == max ? max + 1 : max);
  }
}
