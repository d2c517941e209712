/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import java.util.List;
import java.util.function.IntPredicate;

/**
 * The rows of a row group that are still selected, ascending, and what is known of them. All arrays
 * are parallel; only the first {@link #size()} elements count.
 */
final class RowSelection {
  private final int[] rows;
  private int size;
  private int[] services = new int[0];
  private List<String> serviceNames = List.of();
  private long[] times = new long[0];
  private long[] seriesIds = new long[0];

  /** Selects all rows. */
  RowSelection(int rowCount) {
    this.rows = new int[rowCount];
    for (int row = 0; row < rowCount; row++) {
      rows[row] = row;
    }

    this.size = rowCount;
  }

  int size() {
    return size;
  }

  int row(int position) {
    return rows[position];
  }

  String serviceName(int position) {
    return serviceNames.get(services[position]);
  }

  /** Index of the service among those of the row group. */
  int service(int position) {
    return services[position];
  }

  long time(int position) {
    return times[position];
  }

  long seriesId(int position) {
    return seriesIds[position];
  }

  void setServices(StringColumn column) {
    this.services = column.codes();
    this.serviceNames = column.values();
  }

  void setTimes(long[] times) {
    this.times = times;
  }

  void setSeriesIds(long[] seriesIds) {
    this.seriesIds = seriesIds;
  }

  /** Keeps the rows at the positions that the predicate accepts; it is asked in ascending order. */
  void retain(IntPredicate predicate) {
    int kept = 0;
    for (int position = 0; position < size; position++) {
      if (predicate.test(position)) {
        rows[kept] = rows[position];
        move(services, position, kept);
        if (times.length > 0) {
          times[kept] = times[position];
        }

        if (seriesIds.length > 0) {
          seriesIds[kept] = seriesIds[position];
        }

        kept++;
      }
    }

    this.size = kept;
  }

  private static void move(int[] array, int from, int to) {
    if (array.length > 0) {
      array[to] = array[from];
    }
  }
}
