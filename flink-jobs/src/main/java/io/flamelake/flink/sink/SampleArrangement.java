/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Puts the samples of each row in the order in which their stacks were first seen in the row group.
 * That is the order of the column's dictionary: the indexes of a row ascend, and the stacks that
 * most rows have get the lowest. It takes a tenth of the column {@code stack_ids} away (measured in
 * docs/table-schemas.md).
 */
final class SampleArrangement implements UnaryOperator<ProfileTableRow> {

  private static final int INDEX_BITS = 32;

  private final Long2IntOpenHashMap places = new Long2IntOpenHashMap();

  /** By sample: the place of its stack, then its index in the row. */
  private long[] order = new long[0];

  SampleArrangement() {
    places.defaultReturnValue(-1);
  }

  @Override
  public ProfileTableRow apply(ProfileTableRow row) {
    long[] stackIds = row.stackIds();
    int count = stackIds.length;
    if (order.length < count) {
      order = new long[Math.max(count, 2 * order.length)];
    }

    for (int i = 0; i < count; i++) {
      order[i] = (long) place(stackIds[i]) << INDEX_BITS | i;
    }

    Arrays.sort(order, 0, count);
    return row.withSamples(
        arrange(stackIds, 1),
        arrange(row.values(), 1),
        arrangeIfAny(row.spanIds(), 1),
        arrangeIfAny(row.traceIds(), 2));
  }

  private int place(long stackId) {
    int next = places.size();
    int place = places.putIfAbsent(stackId, next);
    return place < 0 ? next : place;
  }

  private long @Nullable [] arrangeIfAny(long @Nullable [] values, int width) {
    return values == null ? null : arrange(values, width);
  }

  /**
   * @param width how many values in a row belong to one sample
   */
  private long[] arrange(long[] values, int width) {
    long[] arranged = new long[values.length];
    for (int to = 0; to < values.length / width; to++) {
      int from = (int) order[to];
      System.arraycopy(values, from * width, arranged, to * width, width);
    }

    return arranged;
  }
}
