/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import static java.util.Objects.requireNonNull;

import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.TaskResult;
import io.flamelake.flink.sink.LakeTable;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileInfo;

/**
 * Deletes the files of a table that no snapshot refers to, and that nobody can commit any more.
 * Takes the table's claim first, so that this is true of the files of every earlier run.
 *
 * @param table whose files
 */
record OrphanRemoval(LakeTable table) implements MaintenanceTask {

  private static final long serialVersionUID = 1L;

  OrphanRemoval {
    requireNonNull(table, "table");
  }

  @Override
  public String kind() {
    return "orphans";
  }

  @Override
  public String subject() {
    return table.tableName();
  }

  @Override
  public TaskResult run(MaintenanceContext context) throws InterruptedException {
    Table iceberg = table.in(context.tables());
    context.commit().claim(iceberg);
    List<FileInfo> orphans = Orphans.find(table, context);
    long bytes = orphans.stream().mapToLong(FileInfo::size).sum();
    long deleted =
        FileRemoval.delete(iceberg.io(), orphans.stream().map(FileInfo::location).toList());
    return new TaskResult(
        Map.of(TaskResult.DELETED_FILES, deleted, TaskResult.DELETED_BYTES, bytes));
  }
}
