/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.catalog.StacksTable;
import io.flamelake.query.symbols.TableStack;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/** The columns of one row group of {@code stacks}, read row by row in ascending order. */
final class StackColumns {
  private final ColumnCursor functions;
  private final ColumnCursor lines;
  private final ColumnCursor files;
  private final @Nullable ColumnCursor mappings;
  private final @Nullable ColumnCursor buildIds;
  private final @Nullable ColumnCursor addresses;

  /** One string for each distinct value: names repeat in most stacks. */
  private final Map<Binary, String> strings = new HashMap<>();

  StackColumns(RowGroupReader reader) throws IOException {
    reader.load(
        StacksTable.FUNCTIONS,
        StacksTable.LINES,
        StacksTable.FILES,
        StacksTable.MAPPINGS,
        StacksTable.BUILD_IDS,
        StacksTable.ADDRESSES);
    this.functions = reader.cursor(StacksTable.FUNCTIONS);
    this.lines = reader.cursor(StacksTable.LINES);
    this.files = reader.cursor(StacksTable.FILES);
    this.mappings = optional(reader, StacksTable.MAPPINGS);
    this.buildIds = optional(reader, StacksTable.BUILD_IDS);
    this.addresses = optional(reader, StacksTable.ADDRESSES);
  }

  private static @Nullable ColumnCursor optional(RowGroupReader reader, String column)
      throws IOException {
    return reader.has(column) ? reader.cursor(column) : null;
  }

  TableStack read(long id, int row) throws IOException {
    String[] names = readStrings(functions, row);
    int depth = names.length;
    int[] lineNumbers = new int[depth];
    requireLength(row, depth, lines);
    for (int frame = 0; frame < depth; frame++) {
      lineNumbers[frame] = Math.toIntExact(lines.longAt(lines.from() + frame));
    }

    return new TableStack(
        id,
        names,
        lineNumbers,
        requireLength(row, depth, readStrings(files, row)),
        findStrings(mappings, row, depth),
        findStrings(buildIds, row, depth),
        findLongs(addresses, row, depth));
  }

  private static void requireLength(int row, int depth, ColumnCursor cursor) throws IOException {
    cursor.seek(row);
    if (cursor.to() - cursor.from() != depth) {
      throw new IOException("Row " + row + " has lists of different lengths");
    }
  }

  private static String[] requireLength(int row, int depth, String[] values) throws IOException {
    if (values.length != depth) {
      throw new IOException("Row " + row + " has lists of different lengths");
    }

    return values;
  }

  private String @Nullable [] findStrings(@Nullable ColumnCursor cursor, int row, int depth)
      throws IOException {
    if (cursor == null) {
      return null;
    }

    String[] values = readStrings(cursor, row);
    return values.length == 0 ? null : requireLength(row, depth, values);
  }

  private static long @Nullable [] findLongs(@Nullable ColumnCursor cursor, int row, int depth)
      throws IOException {
    if (cursor == null) {
      return null;
    }

    cursor.seek(row);
    if (cursor.to() == cursor.from()) {
      return null;
    }

    requireLength(row, depth, cursor);
    long[] values = new long[depth];
    for (int i = 0; i < depth; i++) {
      values[i] = cursor.longAt(cursor.from() + i);
    }

    return values;
  }

  private String[] readStrings(ColumnCursor cursor, int row) throws IOException {
    cursor.seek(row);
    String[] values = new String[cursor.to() - cursor.from()];
    for (int i = 0; i < values.length; i++) {
      Binary value = cursor.binaryAt(cursor.from() + i);
      if (value == null) {
        throw new IOException("Null in a list of strings in row " + row);
      }

      String string = strings.get(value);
      if (string == null) {
        string = value.toStringUsingUTF8();
        strings.put(value, string);
      }

      values[i] = string;
    }

    return values;
  }
}
