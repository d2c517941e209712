/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import io.flamelake.model.LabelSet;
import java.util.UUID;
import org.apache.iceberg.types.Type;
import org.apache.iceberg.types.Types;
import org.apache.parquet.io.api.Converter;
import org.jspecify.annotations.Nullable;

/** Takes the values of one column from Parquet, row by row. */
abstract class ColumnReader {

  private final String column;

  ColumnReader(String column) {
    this.column = column;
  }

  /**
   * Returns a reader for a column of the table.
   *
   * @param fileType of the column in one file, as some writer made it
   * @throws UnsupportedOperationException if the file holds something that cannot be such a column
   */
  static ColumnReader of(
      Types.NestedField column, org.apache.parquet.schema.Type fileType, StringPool strings) {
    Type type = column.type();
    String name = column.name();
    return switch (type.typeId()) {
      case LIST ->
          new ListColumn(
              name, fileType, ColumnValues.of(name, type.asListType().elementType(), strings));
      case MAP -> new LabelsColumn(name, fileType, strings);
      default -> new ValueColumn(name, fileType, ColumnValues.of(name, type, strings));
    };
  }

  abstract Converter converter();

  /** Forgets what was read. */
  abstract void clear();

  final String column() {
    return column;
  }

  long longValue() {
    throw notOfThisType();
  }

  @Nullable String string() {
    throw notOfThisType();
  }

  @Nullable UUID uuid() {
    throw notOfThisType();
  }

  @Nullable LabelSet labels() {
    throw notOfThisType();
  }

  long @Nullable [] findLongs() {
    throw notOfThisType();
  }

  int @Nullable [] findInts() {
    throw notOfThisType();
  }

  String @Nullable [] findStrings() {
    throw notOfThisType();
  }

  final void checkReadable(
      org.apache.parquet.schema.Type column,
      org.apache.parquet.schema.Type primitive,
      ColumnValues values) {
    if (!primitive.isPrimitive() || !values.canRead(primitive.asPrimitiveType())) {
      throw unreadable(column);
    }
  }

  final UnsupportedOperationException unreadable(org.apache.parquet.schema.Type fileType) {
    return new UnsupportedOperationException(
        "Column " + column + " cannot be read from a file that has it as " + fileType);
  }

  private IllegalArgumentException notOfThisType() {
    return new IllegalArgumentException("Column " + column + " has another type");
  }
}
