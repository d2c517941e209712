/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import io.flamelake.flink.sink.LakeFileReader;
import io.flamelake.flink.sink.RowLayout;
import io.flamelake.flink.sink.StringPool;
import java.io.IOException;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.InputFile;

/** Reads the files of one table. Not thread-safe. */
final class TableRows<R> {
  private static final long MAX_STRING_BYTES = 16L << 20;

  private final Table table;
  private final RowLayout<R> layout;
  private final StringPool strings = new StringPool(MAX_STRING_BYTES);

  TableRows(Table table, RowLayout<R> layout) {
    this.table = table;
    this.layout = layout;
  }

  /** Reads whole rows. */
  void forEach(FileScanTask task, RowConsumer<R> consumer) throws IOException {
    try (LakeFileReader<R> reader =
        LakeFileReader.open(file(task), table.schema(), layout, strings)) {
      for (R row = reader.next(); row != null; row = reader.next()) {
        consumer.accept(row);
      }
    }
  }

  /** Reads some columns; in the rows the others are empty or 0. */
  void forEach(FileScanTask task, Set<String> columns, Consumer<R> consumer) throws IOException {
    try (LakeFileReader<R> reader =
        LakeFileReader.open(file(task), table.schema(), layout, columns, strings)) {
      for (R row = reader.next(); row != null; row = reader.next()) {
        consumer.accept(row);
      }
    }
  }

  private InputFile file(FileScanTask task) {
    if (!task.deletes().isEmpty()) {
      throw new IllegalStateException(
          "File "
              + task.file().location()
              + " has rows that another engine deleted on their own (expected: none; that engine's"
              + " optimize puts it right)");
    }

    return table.io().newInputFile(task.file().location(), task.file().fileSizeInBytes());
  }

  /** Takes a row, and may fail to write it. */
  interface RowConsumer<R> {

    void accept(R row) throws IOException;
  }
}
