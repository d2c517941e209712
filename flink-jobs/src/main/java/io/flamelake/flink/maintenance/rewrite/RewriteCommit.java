/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import io.flamelake.flink.maintenance.TaskResult;
import io.flamelake.flink.sink.WrittenFile;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;

/** Puts files that were rewritten in the place of those they were made of. */
final class RewriteCommit {

  private final List<Rewrite> rewrites;

  /**
   * @param rewrites all with the same sequence number
   */
  RewriteCommit(List<Rewrite> rewrites) {
    this.rewrites = List.copyOf(rewrites);
  }

  /**
   * Adds the change to a transaction.
   *
   * @throws org.apache.iceberg.exceptions.ValidationException if a replaced file is gone, or has
   *     row-level deletes now
   */
  void apply(Transaction transaction) {
    Table table = transaction.table();
    RewriteFiles change = transaction.newRewrite();
    change.validateFromSnapshot(firstSnapshotToValidate(table));
    change.dataSequenceNumber(rewrites.get(0).sequence());
    for (Rewrite rewrite : rewrites) {
      rewrite.replaced().forEach(change::deleteFile);
      for (WrittenFile file : rewrite.merged().files()) {
        change.addFile(file.toDataFile(table.spec(), table.sortOrder()));
      }
    }

    change.commit();
  }

  TaskResult result() {
    long filesIn = 0;
    long filesOut = 0;
    long bytesIn = 0;
    long bytesOut = 0;
    long rows = 0;
    for (Rewrite rewrite : rewrites) {
      filesIn += rewrite.replaced().size();
      bytesIn += rewrite.replaced().stream().mapToLong(DataFile::fileSizeInBytes).sum();
      filesOut += rewrite.merged().files().size();
      bytesOut += rewrite.merged().files().stream().mapToLong(WrittenFile::sizeBytes).sum();
      rows += rewrite.merged().rowsRead();
    }

    return new TaskResult(
        Map.of(
            TaskResult.FILES_IN, filesIn,
            TaskResult.FILES_OUT, filesOut,
            TaskResult.BYTES_IN, bytesIn,
            TaskResult.BYTES_OUT, bytesOut,
            TaskResult.ROWS, rows));
  }

  /** Deletes the new files, which were never committed. */
  void deleteFiles(Table table) {
    for (Rewrite rewrite : rewrites) {
      rewrite.merged().files().forEach(file -> table.io().deleteFile(file.location()));
    }
  }

  /**
   * Without any row-level deletes there is no need to know the history since the files were read.
   */
  private long firstSnapshotToValidate(Table table) {
    Snapshot current = table.currentSnapshot();
    if (current != null && current.deleteManifests(table.io()).isEmpty()) {
      return current.snapshotId();
    }

    // The first one was read first.
    return rewrites.get(0).snapshotId();
  }
}
