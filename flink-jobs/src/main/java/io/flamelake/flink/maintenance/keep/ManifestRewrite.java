/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import static java.util.Objects.requireNonNull;

import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.TaskResult;
import io.flamelake.flink.maintenance.commit.FencedCommit.Outcome;
import io.flamelake.flink.sink.LakeTable;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;

/**
 * Puts the entries of small manifests into few, each of a part of the time that they span: a query
 * of some hours then reads one or two.
 *
 * @param table whose manifests
 */
record ManifestRewrite(LakeTable table) implements MaintenanceTask {

  private static final long serialVersionUID = 1L;

  private static final int PERIOD_FIELD = 1;

  ManifestRewrite {
    requireNonNull(table, "table");
  }

  @Override
  public String kind() {
    return "manifests";
  }

  @Override
  public String subject() {
    return table.tableName();
  }

  @Override
  public TaskResult run(MaintenanceContext context) throws InterruptedException {
    Table iceberg = table.in(context.tables());
    AtomicInteger replaced = new AtomicInteger();
    AtomicInteger made = new AtomicInteger();
    Outcome outcome =
        context
            .commit()
            .commit(
                iceberg,
                transaction -> {
                  SmallManifests small = SmallManifests.of(transaction.table());
                  replaced.set(0);
                  made.set(0);
                  if (small.areTooMany()) {
                    replaced.set(small.manifests().size());
                    made.set(small.parts());
                    rewrite(transaction, small);
                  }
                });
    return outcome == Outcome.SUPERSEDED
        ? new TaskResult(Map.of(TaskResult.SKIPPED, 1L))
        : new TaskResult(
            Map.of("manifests_in", (long) replaced.get(), "manifests_out", (long) made.get()));
  }

  private static void rewrite(Transaction transaction, SmallManifests small) {
    PartitionSpan span = small.span();
    int parts = small.parts();
    transaction
        .rewriteManifests()
        .clusterBy(file -> span.partOf(periodOf(file), parts))
        .rewriteIf(manifest -> SmallManifests.isSmall(manifest, small.targetBytes()))
        .commit();
  }

  private static int periodOf(DataFile file) {
    Integer period = file.partition().get(PERIOD_FIELD, Integer.class);
    return period == null ? 0 : period;
  }
}
