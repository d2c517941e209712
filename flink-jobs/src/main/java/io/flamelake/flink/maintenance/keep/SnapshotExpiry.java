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
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.iceberg.ExpireSnapshots.CleanupLevel;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.Transaction;

/**
 * Drops the snapshots of a table that no running query can hold any more, and then the files that
 * only they referred to. Tags and the heads of branches stay, and what they refer to.
 *
 * <p>Files are deleted after the commit. If that does not come to its end, they are orphans.
 *
 * @param table whose snapshots
 */
record SnapshotExpiry(LakeTable table) implements MaintenanceTask {

  private static final long serialVersionUID = 1L;

  SnapshotExpiry {
    requireNonNull(table, "table");
  }

  static Instant cutoff(MaintenanceContext context) {
    return context.clock().instant().minus(context.config().snapshotAge());
  }

  @Override
  public String kind() {
    return "expire";
  }

  @Override
  public String subject() {
    return table.tableName();
  }

  @Override
  public TaskResult run(MaintenanceContext context) throws InterruptedException {
    Table iceberg = table.in(context.tables());
    Instant cutoff = cutoff(context);
    AtomicReference<TableMetadata> before = new AtomicReference<>();
    context
        .commit()
        .commit(
            iceberg,
            transaction -> {
              SnapshotHistory history = SnapshotHistory.of(transaction.table());
              if (history.hasSnapshotsBefore(cutoff)) {
                before.set(history.metadata());
                expire(transaction, history.oldestKeptMillis(cutoff));
              }
            });
    TableMetadata expired = before.get();
    if (expired == null) {
      return TaskResult.NOTHING;
    }

    iceberg.refresh();
    TableMetadata kept = ((HasTableOperations) iceberg).operations().current();
    Set<String> files = UnreachableFiles.between(expired, kept, iceberg.io());
    long deleted = FileRemoval.delete(iceberg.io(), files);
    long snapshots =
        expired.snapshots().stream()
            .filter(snapshot -> kept.snapshot(snapshot.snapshotId()) == null)
            .count();
    return new TaskResult(Map.of("snapshots", snapshots, TaskResult.DELETED_FILES, deleted));
  }

  private static void expire(Transaction transaction, long olderThanMillis) {
    // A fenced commit moves main; here by a snapshot that is known for what it is.
    transaction.newAppend().set(SnapshotHistory.EXPIRY_PROPERTY, "true").commit();
    transaction
        .expireSnapshots()
        .expireOlderThan(olderThanMillis)
        .retainLast(1)
        .cleanupLevel(CleanupLevel.NONE)
        .commit();
  }
}
