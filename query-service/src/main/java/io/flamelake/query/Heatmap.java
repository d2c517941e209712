/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import io.flamelake.model.LabelSet;
import java.util.List;

/**
 * How many profiles or spans of one series have which value when.
 *
 * @param labels what the series was grouped by
 * @param slots those that count anything, by time
 */
public record Heatmap(LabelSet labels, List<Slot> slots) {

  /**
   * A column.
   *
   * @param timeMillis end of its time
   * @param counts by bucket; owned by the record
   * @param exemplars of the buckets that have one, from the lowest bucket up
   */
  public record Slot(long timeMillis, int[] counts, List<ProfileExemplar> exemplars) {}

  public Heatmap {
    slots = List.copyOf(slots);
  }

  long count() {
    long count = 0;
    for (Slot slot : slots) {
      for (int bucketCount : slot.counts) {
        count += bucketCount;
      }
    }

    return count;
  }
}
