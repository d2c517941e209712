/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import static org.apache.iceberg.expressions.Expressions.and;
import static org.apache.iceberg.expressions.Expressions.equal;
import static org.apache.iceberg.expressions.Expressions.lessThan;

import io.flamelake.catalog.FlameTable;
import io.flamelake.catalog.ProfilesTable;
import io.flamelake.catalog.StacksTable;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.TaskResult;
import io.flamelake.flink.sink.LakeTable;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;

/**
 * Removes all partitions of a tenant from before a time from one table: metadata alone changes.
 *
 * @param beforeMicros the start of an hour for {@code profiles}, of a UTC day for all others
 */
record PartitionDrop(LakeTable table, String tenant, long beforeMicros) implements MaintenanceTask {
  private static final long serialVersionUID = 1L;
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  @Override
  public String kind() {
    return RetentionPlanner.KIND;
  }

  @Override
  public String subject() {
    return table.tableName()
        + " of "
        + tenant
        + " before "
        + Instant.EPOCH.plus(beforeMicros, ChronoUnit.MICROS);
  }

  @Override
  public TaskResult run(MaintenanceContext context) throws InterruptedException {
    Table target = table.in(context.tables());
    List<FileScanTask> files = PartitionFiles.all(target, filter());
    if (files.isEmpty()) {
      return TaskResult.NOTHING;
    }

    context
        .commit()
        .commit(
            target, transaction -> transaction.newDelete().deleteFromRowFilter(filter()).commit());
    return PartitionFiles.countRemoved(files);
  }

  private Expression filter() {
    int day = Math.toIntExact(Math.floorDiv(beforeMicros, MICROS_PER_DAY));
    return switch (table) {
      case PROFILES ->
          and(equal(ProfilesTable.TENANT, tenant), lessThan(ProfilesTable.TS, beforeMicros));
      case STACKS, SERIES -> and(equal(StacksTable.TENANT, tenant), lessThan(StacksTable.DAY, day));
      case FLAME_1H, FLAME_1D ->
          and(equal(FlameTable.TENANT, tenant), lessThan(FlameTable.TS, beforeMicros));
    };
  }
}
