/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.ProfilesTable;
import io.flamelake.query.SampleSelector;
import io.flamelake.query.SampleSelector.TraceId;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/** Reads the single samples of rows, for the queries that select some of a profile's samples. */
final class SampleReader {
  private final SampleSelector selector;
  private final boolean selectsBySpan;
  private final ColumnCursor ids;
  private final ColumnCursor values;
  private final @Nullable ColumnCursor spans;
  private final @Nullable ColumnCursor traces;

  /** Is shown one selected sample. */
  @FunctionalInterface
  interface SampleConsumer {
    void accept(long stackId, long value);
  }

  /** Is shown one selected sample that was taken inside of a span. */
  @FunctionalInterface
  interface SpanSampleConsumer {
    void accept(long stackId, long value, TraceId traceId, long spanId);
  }

  private SampleReader(SampleSelector selector, RowGroupReader reader, boolean withSpans)
      throws IOException {
    this.selector = selector;
    this.selectsBySpan = selector.selectsBySpan();
    reader.load(ProfilesTable.STACK_IDS, ProfilesTable.VALUES);
    this.ids = reader.cursor(ProfilesTable.STACK_IDS);
    this.values = reader.cursor(ProfilesTable.VALUES);
    this.spans =
        withSpans || !selector.spanIds().isEmpty()
            ? optional(reader, ProfilesTable.SPAN_IDS)
            : null;
    this.traces =
        withSpans || !selector.traceIds().isEmpty()
            ? optional(reader, ProfilesTable.TRACE_IDS)
            : null;
  }

  /**
   * Reads the samples of a row group.
   *
   * @param selector its conditions on spans and traces are applied here, those on stacks are not
   */
  static SampleReader of(SampleSelector selector, RowGroupReader reader) throws IOException {
    return new SampleReader(selector, reader, false);
  }

  /** Reads the samples of a row group for {@link #forEachInSpan}. */
  static SampleReader withSpans(SampleSelector selector, RowGroupReader reader) throws IOException {
    return new SampleReader(selector, reader, true);
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
    Lists lists = seek(row);
    for (int i = 0; i < lists.size; i++) {
      // Most queries ask for no span, and this runs for each of millions of samples.
      if (!selectsBySpan || isSelected(lists, i)) {
        consumer.accept(ids.longAt(ids.from() + i), values.longAt(values.from() + i));
      }
    }
  }

  /**
   * Shows the selected samples of a row that were taken inside of a span.
   *
   * @param row not before the row of the last call
   */
  void forEachInSpan(int row, SpanSampleConsumer consumer) throws IOException {
    Lists lists = seek(row);
    if (!lists.hasSpans) {
      return;
    }

    for (int i = 0; i < lists.size; i++) {
      long spanId = spanId(i);
      if (spanId != 0 && isSelected(lists, i)) {
        consumer.accept(
            ids.longAt(ids.from() + i),
            values.longAt(values.from() + i),
            lists.hasTraces ? traceId(i) : TraceId.NONE,
            spanId);
      }
    }
  }

  /**
   * The lists of one row.
   *
   * @param size samples of the row
   */
  private record Lists(int size, boolean hasSpans, boolean hasTraces) {}

  private Lists seek(int row) throws IOException {
    ids.seek(row);
    values.seek(row);
    int size = ids.to() - ids.from();
    requireCount(row, size, values);
    return new Lists(size, hasList(row, size, spans), hasList(row, size, traces));
  }

  private boolean isSelected(Lists lists, int sample) throws IOException {
    if (!selector.spanIds().isEmpty()
        && !(lists.hasSpans && selector.spanIds().contains(spanId(sample)))) {
      return false;
    }

    return selector.traceIds().isEmpty()
        || (lists.hasTraces && selector.traceIds().contains(traceId(sample)));
  }

  private long spanId(int sample) throws IOException {
    ColumnCursor cursor = requireNonNull(spans, "spans");
    return cursor.longAt(cursor.from() + sample);
  }

  private TraceId traceId(int sample) throws IOException {
    ColumnCursor cursor = requireNonNull(traces, "traces");
    Binary bytes = cursor.binaryAt(cursor.from() + sample);
    if (bytes == null) {
      return TraceId.NONE;
    }

    ByteBuffer buffer = bytes.toByteBuffer();
    return new TraceId(buffer.getLong(), buffer.getLong());
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
}
