/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.catalog.ProfilesTable;
import io.flamelake.query.SampleSelector;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/** Reads the single samples of rows, for the queries that select some of a profile's samples. */
final class SampleReader {
  private final SampleSelector selector;
  private final ColumnCursor ids;
  private final ColumnCursor values;
  private final @Nullable ColumnCursor spans;
  private final @Nullable ColumnCursor traces;

  /** Is shown one selected sample. */
  @FunctionalInterface
  interface SampleConsumer {
    void accept(long stackId, long value);
  }

  /**
   * @param selector its conditions on spans and traces are applied here, the call site is not
   */
  SampleReader(SampleSelector selector, RowGroupReader reader) throws IOException {
    this.selector = selector;
    reader.load(ProfilesTable.STACK_IDS, ProfilesTable.VALUES);
    this.ids = reader.cursor(ProfilesTable.STACK_IDS);
    this.values = reader.cursor(ProfilesTable.VALUES);
    this.spans = selector.spanIds().isEmpty() ? null : optional(reader, ProfilesTable.SPAN_IDS);
    this.traces = selector.traceIds().isEmpty() ? null : optional(reader, ProfilesTable.TRACE_IDS);
  }

  private static @Nullable ColumnCursor optional(RowGroupReader reader, String column)
      throws IOException {
    return reader.has(column) ? reader.cursor(column, 0, ColumnCursor.Nulls.KEPT) : null;
  }

  /**
   * Shows the selected samples of a row.
   *
   * @param row not before the row of the last call
   */
  void forEach(int row, SampleConsumer consumer) throws IOException {
    ids.seek(row);
    values.seek(row);
    int count = ids.to() - ids.from();
    requireCount(row, count, values);
    if (!selector.spanIds().isEmpty() && !hasList(row, count, spans)
        || !selector.traceIds().isEmpty() && !hasList(row, count, traces)) {
      return;
    }

    for (int i = 0; i < count; i++) {
      if (spans != null && !selector.spanIds().contains(spans.longAt(spans.from() + i))) {
        continue;
      }

      if (traces != null && !isSelected(traces.binaryAt(traces.from() + i))) {
        continue;
      }

      consumer.accept(ids.longAt(ids.from() + i), values.longAt(values.from() + i));
    }
  }

  private static boolean hasList(int row, int count, @Nullable ColumnCursor list)
      throws IOException {
    if (list == null) {
      return false;
    }

    list.seek(row);
    if (list.to() == list.from()) {
      return false;
    }

    requireCount(row, count, list);
    return true;
  }

  private static void requireCount(int row, int count, ColumnCursor list) throws IOException {
    if (list.to() - list.from() != count) {
      throw new IOException("Row " + row + " has lists of different lengths");
    }
  }

  private boolean isSelected(@Nullable Binary traceId) {
    if (traceId == null) {
      return false;
    }

    ByteBuffer bytes = traceId.toByteBuffer();
    return selector
        .traceIds()
        .contains(new SampleSelector.TraceId(bytes.getLong(), bytes.getLong()));
  }
}
