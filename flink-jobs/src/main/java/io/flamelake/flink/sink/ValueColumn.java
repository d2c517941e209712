/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import java.util.UUID;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/** A column with at most one value in a row. */
final class ValueColumn extends ColumnReader {

  private final ColumnValues value;

  ValueColumn(String column, Type fileType, ColumnValues value) {
    super(column);
    this.value = value;
    checkReadable(fileType, fileType, value);
  }

  @Override
  Converter converter() {
    return value;
  }

  @Override
  void clear() {
    value.clear();
  }

  @Override
  long longValue() {
    if (value.size() == 0) {
      throw new IllegalArgumentException("Column " + column() + " has no value");
    }

    return value.longAt(0);
  }

  @Override
  @Nullable String string() {
    return value.size() == 0 ? null : value.stringAt(0);
  }

  @Override
  @Nullable UUID uuid() {
    if (value.size() == 0) {
      return null;
    }

    long[] halves = value.toLongs();
    return new UUID(halves[0], halves[1]);
  }
}
