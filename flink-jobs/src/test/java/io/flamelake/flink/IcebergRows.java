/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;

/**
 * Reads tables with Iceberg's generic Parquet reader. {@code IcebergGenerics}, which wraps it, does
 * not load without the ORC module.
 */
public final class IcebergRows {

  private IcebergRows() {}

  /** Returns all rows of the table's current snapshot. */
  public static List<Record> read(Table table) {
    List<Record> rows = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        readFile(table, task, rows);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return rows;
  }

  private static void readFile(Table table, FileScanTask task, List<Record> rows)
      throws IOException {
    Schema schema = table.schema();
    try (CloseableIterable<Record> records =
        Parquet.read(table.io().newInputFile(task.file()))
            .project(schema)
            .createReaderFunc(file -> GenericParquetReaders.buildReader(schema, file))
            .build()) {
      records.forEach(rows::add);
    }
  }
}
