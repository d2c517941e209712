/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.query.table.PinnedTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.hadoop.metadata.BlockMetaData;

/** Opens cursors over the columns of one row group, named as in the table. */
final class RowGroupReader {
  private final PinnedTable table;
  private final ParquetFiles files;
  private final ParquetFile file;
  private final BlockMetaData rowGroup;
  private final PageBuffer buffer;
  private final Map<ColumnDescriptor, ColumnChunk> chunks = new HashMap<>();

  RowGroupReader(
      PinnedTable table,
      ParquetFiles files,
      ParquetFile file,
      BlockMetaData rowGroup,
      PageBuffer buffer) {
    this.table = table;
    this.files = files;
    this.file = file;
    this.rowGroup = rowGroup;
    this.buffer = buffer;
  }

  int rowCount() {
    return Math.toIntExact(rowGroup.getRowCount());
  }

  /** Loads the columns that the file has, adjacent ones in one read. */
  void load(String... names) throws IOException {
    List<ColumnDescriptor> wanted = new ArrayList<>();
    for (String name : names) {
      wanted.addAll(columns(name));
    }

    wanted.removeIf(chunks::containsKey);
    chunks.putAll(files.load(file, rowGroup, wanted));
  }

  boolean has(String name) {
    return !columns(name).isEmpty();
  }

  /** A new cursor over a column that must be there and that has no nulls. */
  ColumnCursor cursor(String name) throws IOException {
    return cursor(name, 0, ColumnCursor.Nulls.REFUSED);
  }

  /**
   * A new cursor over a column that must be there.
   *
   * @param leaf 0, or 1 for the values of a map
   */
  ColumnCursor cursor(String name, int leaf, ColumnCursor.Nulls nulls) throws IOException {
    List<ColumnDescriptor> columns = columns(name);
    if (columns.size() <= leaf) {
      throw new IOException("File without column " + name);
    }

    ColumnDescriptor column = columns.get(leaf);
    if (!chunks.containsKey(column)) {
      load(name);
    }

    ColumnChunk chunk = chunks.get(column);
    if (chunk == null) {
      throw new IOException("Row group without column " + name);
    }

    return new ColumnCursor(chunk, column, nulls, buffer);
  }

  private List<ColumnDescriptor> columns(String name) {
    return file.columns(table.fieldId(name), name);
  }

  /** The integers of a flat column at the selected rows. */
  long[] readLongs(String name, RowSelection rows) throws IOException {
    ColumnCursor cursor = cursor(name);
    long[] values = new long[rows.size()];
    for (int i = 0; i < values.length; i++) {
      cursor.seek(rows.row(i));
      values[i] = cursor.longAt(cursor.from());
    }

    return values;
  }

  /** The strings of a flat column at the selected rows. */
  StringColumn readStrings(String name, RowSelection rows) throws IOException {
    return StringColumn.read(cursor(name), rows);
  }
}
