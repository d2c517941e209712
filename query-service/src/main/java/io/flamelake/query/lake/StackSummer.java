/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.catalog.ProfilesTable;
import io.flamelake.query.ProfileQuery;
import io.flamelake.query.StackSums;
import io.flamelake.query.TimeRange;
import java.io.IOException;

/**
 * Adds the samples of selected rows per stack. Rows of one service and day, which stand together in
 * the table's order, are summed by dictionary index into one array that is folded into the hash map
 * at the end: a sample costs an add, a distinct stack of a row group costs a hash.
 */
final class StackSummer {
  /** Below so many rows going through the whole dictionary costs more than hashing each sample. */
  private static final int MIN_DENSE_ROWS = 16;

  private final ProfileQuery query;
  private final ColumnCursor ids;
  private final ColumnCursor values;
  private final RowSelection rows;
  private long[] dense = new long[0];

  private StackSummer(ProfileQuery query, RowGroupReader reader, RowSelection rows)
      throws IOException {
    this.query = query;
    reader.load(ProfilesTable.STACK_IDS, ProfilesTable.VALUES);
    this.ids = reader.cursor(ProfilesTable.STACK_IDS);
    this.values = reader.cursor(ProfilesTable.VALUES);
    this.rows = rows;
  }

  static void sum(ProfileQuery query, RowGroupReader reader, RowSelection rows, StackSums sums)
      throws IOException {
    if (rows.size() > 0) {
      new StackSummer(query, reader, rows).sum(sums);
    }
  }

  private void sum(StackSums sums) throws IOException {
    int first = 0;
    while (first < rows.size()) {
      int service = rows.service(first);
      long day = TimeRange.epochDay(rows.time(first));
      int end = first + 1;
      while (end < rows.size()
          && rows.service(end) == service
          && TimeRange.epochDay(rows.time(end)) == day) {
        end++;
      }

      StackSums.Group group = sums.group(query.tenant(), rows.serviceName(first), day);
      if (end - first >= MIN_DENSE_ROWS && ids.dictionarySize() > 0) {
        sumDense(first, end, group);
      } else {
        for (int i = first; i < end; i++) {
          seek(rows.row(i));
          sumRow(group);
        }
      }

      first = end;
    }
  }

  private void sumDense(int first, int end, StackSums.Group group) throws IOException {
    int distinct = ids.dictionarySize();
    if (dense.length < distinct) {
      this.dense = new long[distinct];
    }

    for (int i = first; i < end; i++) {
      seek(rows.row(i));
      if (!ids.isDictionary()) {
        sumRow(group);
      } else if (values.isDictionary()) {
        addIndexed(
            dense,
            ids.indexes(),
            ids.from(),
            values.dictionaryLongs(),
            values.indexes(),
            values.from(),
            ids.to() - ids.from());
      } else {
        add(dense, ids.indexes(), ids.from(), values.longs(), values.from(), ids.to() - ids.from());
      }
    }

    long[] dictionary = ids.dictionaryLongs();
    for (int index = 0; index < distinct; index++) {
      if (dense[index] != 0) {
        group.add(dictionary[index], dense[index]);
        dense[index] = 0;
      }
    }
  }

  private static void add(
      long[] dense, int[] indexes, int index, long[] values, int value, int count) {
    for (int i = 0; i < count; i++) {
      dense[indexes[index + i]] += values[value + i];
    }
  }

  private static void addIndexed(
      long[] dense,
      int[] indexes,
      int index,
      long[] dictionary,
      int[] valueIndexes,
      int value,
      int count) {
    for (int i = 0; i < count; i++) {
      dense[indexes[index + i]] += dictionary[valueIndexes[value + i]];
    }
  }

  private void sumRow(StackSums.Group group) {
    int value = values.from();
    for (int id = ids.from(); id < ids.to(); id++) {
      group.add(ids.longAt(id), values.longAt(value++));
    }
  }

  private void seek(int row) throws IOException {
    ids.seek(row);
    values.seek(row);
    if (ids.to() - ids.from() != values.to() - values.from()) {
      throw new IOException("Row " + row + " has not as many values as stack ids");
    }
  }
}
