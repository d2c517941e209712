/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import io.flamelake.flink.maintenance.TaskResult;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.StructLike;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.io.CloseableIterable;

/** Finds the files of a table by partition. */
final class PartitionFiles {

  private PartitionFiles() {}

  /**
   * Returns the files of one tenant by hour or day since the epoch.
   *
   * @param filter holds the tenant; files whose bounds show that they have no such row are left out
   */
  static NavigableMap<Integer, List<FileScanTask>> byPeriod(Table table, Expression filter) {
    NavigableMap<Integer, List<FileScanTask>> files = new TreeMap<>();
    for (FileScanTask task : all(table, filter)) {
      int period = task.file().partition().get(1, Integer.class);
      files.computeIfAbsent(period, any -> new ArrayList<>()).add(task);
    }

    return files;
  }

  /** Returns files by tenant, and by hour or day since the epoch; with the bounds of columns. */
  static NavigableMap<String, NavigableMap<Integer, List<DataFile>>> byTenant(
      Table table, Expression filter) {
    NavigableMap<String, NavigableMap<Integer, List<DataFile>>> files = new TreeMap<>();
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().includeColumnStats().filter(filter).planFiles()) {
      for (FileScanTask task : tasks) {
        StructLike partition = task.file().partition();
        files
            .computeIfAbsent(partition.get(0, String.class), any -> new TreeMap<>())
            .computeIfAbsent(partition.get(1, Integer.class), any -> new ArrayList<>())
            .add(task.file());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot close the plan of " + table.name(), e);
    }

    return files;
  }

  /** All of them, whatever the partition. */
  static List<FileScanTask> all(Table table, Expression filter) {
    return read(table, table.newScan().filter(filter));
  }

  /** All of them as a snapshot had them. */
  static List<FileScanTask> allOf(Table table, long snapshotId, Expression filter) {
    return read(table, table.newScan().useSnapshot(snapshotId).filter(filter));
  }

  /** What a task did that removed files whole. */
  static TaskResult countRemoved(List<FileScanTask> files) {
    return new TaskResult(
        Map.of(
            TaskResult.FILES_IN,
            (long) files.size(),
            TaskResult.ROWS,
            files.stream().mapToLong(task -> task.file().recordCount()).sum(),
            TaskResult.BYTES_IN,
            files.stream().mapToLong(task -> task.file().fileSizeInBytes()).sum()));
  }

  private static List<FileScanTask> read(Table table, TableScan scan) {
    List<FileScanTask> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = scan.planFiles()) {
      tasks.forEach(files::add);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot close the plan of " + table.name(), e);
    }

    return files;
  }
}
