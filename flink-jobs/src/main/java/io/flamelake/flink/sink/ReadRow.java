/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.LabelSet;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The columns of the row that was read last: the counterpart of {@link ParquetRow}. A column that
 * was not asked for is empty or 0. Arrays belong to the caller.
 */
public final class ReadRow {

  private static final String[] NO_STRINGS = {};
  private static final long[] NO_LONGS = {};
  private static final int[] NO_INTS = {};
  private static final UUID NO_UUID = new UUID(0, 0);

  private final Map<String, ColumnReader> columns = new HashMap<>();

  ReadRow() {}

  void add(String column, ColumnReader reader) {
    columns.put(column, reader);
  }

  /** Forgets the values of the last row. */
  void clear() {
    columns.values().forEach(ColumnReader::clear);
  }

  public String string(String column) {
    ColumnReader reader = columns.get(column);
    return reader == null ? "" : requireNonNull(reader.string(), column);
  }

  public long longValue(String column) {
    ColumnReader reader = columns.get(column);
    return reader == null ? 0 : reader.longValue();
  }

  public int intValue(String column) {
    return Math.toIntExact(longValue(column));
  }

  public UUID uuid(String column) {
    ColumnReader reader = columns.get(column);
    return reader == null ? NO_UUID : requireNonNull(reader.uuid(), column);
  }

  public LabelSet labels(String column) {
    ColumnReader reader = columns.get(column);
    return reader == null ? LabelSet.EMPTY : requireNonNull(reader.labels(), column);
  }

  public long[] longs(String column) {
    ColumnReader reader = columns.get(column);
    return reader == null ? NO_LONGS : requireNonNull(reader.findLongs(), column);
  }

  /** Returns null where the row has none. */
  public long @Nullable [] findLongs(String column) {
    ColumnReader reader = columns.get(column);
    return reader == null ? null : reader.findLongs();
  }

  public int[] ints(String column) {
    ColumnReader reader = columns.get(column);
    return reader == null ? NO_INTS : requireNonNull(reader.findInts(), column);
  }

  public String[] strings(String column) {
    ColumnReader reader = columns.get(column);
    return reader == null ? NO_STRINGS : requireNonNull(reader.findStrings(), column);
  }

  /** Returns null where the row has none. */
  public String @Nullable [] findStrings(String column) {
    ColumnReader reader = columns.get(column);
    return reader == null ? null : reader.findStrings();
  }

  /** Returns ids of 16 bytes as two longs each, the high one first; null where the row has none. */
  public long @Nullable [] findWideIds(String column) {
    return findLongs(column);
  }
}
