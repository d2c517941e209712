/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.query.QueryCancellation;
import io.flamelake.query.QueryReads;
import io.flamelake.query.table.PinnedTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.expressions.Expression;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.statistics.BinaryStatistics;
import org.apache.parquet.column.statistics.LongStatistics;
import org.apache.parquet.column.statistics.Statistics;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/** Finds the row groups of one table version that may hold what a scan looks for. */
final class RowGroups {
  private final PinnedTable table;
  private final ParquetFiles files;
  private final ScanExecutor executor;

  /** Says by the statistics of a row group whether it may hold rows that are looked for. */
  @FunctionalInterface
  interface Filter {
    boolean mayMatch(ParquetFile file, BlockMetaData rowGroup) throws IOException;
  }

  /**
   * One row group, the unit of work of a scan.
   *
   * @param index position among all row groups of the scan
   */
  record Task(
      int index, PinnedTable table, DataFile dataFile, ParquetFile file, BlockMetaData rowGroup) {
    RowGroupReader newReader(ParquetFiles files, PageBuffer buffer) {
      return new RowGroupReader(table, files, file, rowGroup, buffer);
    }

    @Override
    public String toString() {
      return dataFile.location();
    }
  }

  private record FileTask(DataFile dataFile, int index) {
    @Override
    public String toString() {
      return dataFile.location();
    }
  }

  RowGroups(PinnedTable table, ParquetFiles files, ScanExecutor executor) {
    this.table = table;
    this.files = files;
    this.executor = executor;
  }

  QueryReads reads() {
    return files.reads();
  }

  /** Plans with the table's metadata, then with the footers of the files that are left. */
  List<Task> plan(Expression filter, Filter rowGroupFilter, QueryCancellation cancellation) {
    return plan(table.plan(filter), rowGroupFilter, cancellation);
  }

  List<Task> plan(List<DataFile> dataFiles, Filter rowGroupFilter, QueryCancellation cancellation) {
    List<FileTask> fileTasks = new ArrayList<>();
    for (DataFile dataFile : dataFiles) {
      fileTasks.add(new FileTask(dataFile, fileTasks.size()));
    }

    List<@Nullable ParquetFile> opened =
        Collections.synchronizedList(new ArrayList<>(Collections.nCopies(dataFiles.size(), null)));
    executor.run(
        fileTasks,
        ScanWorker::new,
        (task, worker) -> opened.set(task.index, files.open(table.io(), task.dataFile)),
        cancellation);
    List<Task> tasks = new ArrayList<>();
    for (FileTask fileTask : fileTasks) {
      ParquetFile file = opened.get(fileTask.index);
      if (file != null) {
        addTasks(fileTask, file, rowGroupFilter, tasks);
      }
    }

    return tasks;
  }

  private void addTasks(FileTask fileTask, ParquetFile file, Filter filter, List<Task> tasks) {
    try {
      for (BlockMetaData rowGroup : file.rowGroups()) {
        if (filter.mayMatch(file, rowGroup)) {
          tasks.add(new Task(tasks.size(), table, fileTask.dataFile, file, rowGroup));
        }
      }
    } catch (IOException | RuntimeException e) {
      throw ScanExecutor.cannotRead(fileTask, e);
    }
  }

  /** Whether a string column of a row group may hold a value. */
  boolean mayHold(ParquetFile file, BlockMetaData rowGroup, String column, String value)
      throws IOException {
    if (!(statistics(file, rowGroup, column) instanceof BinaryStatistics strings)) {
      return true;
    }

    Binary wanted = Binary.fromString(value);
    return strings.compareMinToValue(wanted) <= 0 && strings.compareMaxToValue(wanted) >= 0;
  }

  /** The bounds of a column of longs; null if unknown. */
  @Nullable LongStatistics longs(ParquetFile file, BlockMetaData rowGroup, String column)
      throws IOException {
    return statistics(file, rowGroup, column) instanceof LongStatistics longs ? longs : null;
  }

  private @Nullable Statistics<?> statistics(
      ParquetFile file, BlockMetaData rowGroup, String column) throws IOException {
    List<ColumnDescriptor> columns = file.columns(table.fieldId(column), column);
    if (columns.isEmpty()) {
      return null;
    }

    Statistics<?> statistics = ParquetFiles.metadata(rowGroup, columns.get(0)).getStatistics();
    return statistics == null || statistics.isEmpty() || !statistics.hasNonNullValue()
        ? null
        : statistics;
  }
}
