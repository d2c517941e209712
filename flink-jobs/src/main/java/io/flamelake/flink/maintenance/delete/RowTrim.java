/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.commit.FencedCommit.Outcome;
import io.flamelake.flink.sink.LakeFileWriter;
import io.flamelake.flink.sink.LakeFileWriter.OpenFile;
import io.flamelake.flink.sink.RowLayout;
import io.flamelake.flink.sink.WrittenFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.jspecify.annotations.Nullable;

/**
 * Removes rows from the files of one partition: files that hold some are written anew without them
 * and replaced, all in one commit. Files without any are left as they are.
 */
final class RowTrim<R> {
  private static final String NAME_PREFIX = "trimmed-";

  private final MaintenanceContext context;
  private final Table table;
  private final @Nullable Snapshot read;
  private final TableRows<R> rows;
  private final LakeFileWriter<R> writer;

  /** Of files that the newest snapshot has, as the table knows it. */
  RowTrim(MaintenanceContext context, Table table, RowLayout<R> layout) {
    this(context, table, layout, table.currentSnapshot());
  }

  /**
   * @param read the snapshot whose files are given; null if there is none
   */
  RowTrim(MaintenanceContext context, Table table, RowLayout<R> layout, @Nullable Snapshot read) {
    this.context = context;
    this.table = table;
    this.read = read;
    this.rows = new TableRows<>(table, layout);
    this.writer = new LakeFileWriter<>(table, layout, NAME_PREFIX + context.run());
  }

  /**
   * Removes the rows that are doomed.
   *
   * @param columns those that the predicate looks at
   * @return null if another commit replaced the files first; nothing was removed then
   */
  @Nullable RemovedRows remove(List<FileScanTask> files, Set<String> columns, Predicate<R> doomed)
      throws IOException, InterruptedException {
    List<DataFile> replaced = new ArrayList<>();
    List<WrittenFile> written = new ArrayList<>();
    long removed = 0;
    for (FileScanTask file : files) {
      long count = count(file, columns, doomed);
      if (count > 0) {
        removed += count;
        replaced.add(file.file());
        if (count < file.file().recordCount()) {
          written.add(writeRest(file, doomed));
        }
      }
    }

    if (replaced.isEmpty()) {
      return RemovedRows.NONE;
    }

    Outcome outcome =
        context.commit().commit(table, transaction -> replace(transaction, replaced, written));
    if (outcome == Outcome.SUPERSEDED) {
      written.forEach(file -> table.io().deleteFile(file.location()));
      return null;
    }

    return new RemovedRows(removed, replaced.size(), written.size());
  }

  private long count(FileScanTask file, Set<String> columns, Predicate<R> doomed)
      throws IOException {
    long[] count = {0};
    rows.forEach(file, columns, row -> count[0] += doomed.test(row) ? 1 : 0);
    return count[0];
  }

  private WrittenFile writeRest(FileScanTask file, Predicate<R> doomed) throws IOException {
    DataFile before = file.file();
    String tenant = before.partition().get(0, String.class);
    int period = before.partition().get(1, Integer.class);
    try (OpenFile<R> rest = writer.open(tenant, period)) {
      rows.forEach(
          file,
          row -> {
            if (!doomed.test(row)) {
              rest.write(row);
            }
          });
      return rest.finish();
    }
  }

  /** Not as a rewrite, and under a new sequence number: the content of the partition changes. */
  private void replace(
      Transaction transaction, List<DataFile> replaced, List<WrittenFile> written) {
    Table current = transaction.table();
    OverwriteFiles overwrite = transaction.newOverwrite();
    replaced.forEach(overwrite::deleteFile);
    written.forEach(
        file -> overwrite.addFile(file.toDataFile(current.spec(), current.sortOrder())));
    if (read != null) {
      overwrite.validateFromSnapshot(read.snapshotId());
    }

    // Files that are gone, and row-level deletes on them, supersede this.
    overwrite.validateNoConflictingDeletes();
    overwrite.commit();
  }
}
