/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/**
 * The files of a partition that may be merged, in one snapshot.
 *
 * @param left what has to be left as it is, with the reasons
 */
record PartitionFiles(
    Partition partition, long snapshotId, List<DataFile> files, List<String> left) {

  /**
   * @param table as last refreshed
   */
  static PartitionFiles load(Table table, Partition partition) throws IOException {
    List<DataFile> files = new ArrayList<>();
    List<String> left = new ArrayList<>();
    Snapshot snapshot = table.currentSnapshot();
    if (snapshot == null) {
      return new PartitionFiles(partition, 0, files, left);
    }

    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().useSnapshot(snapshot.snapshotId()).filter(partition.filter()).planFiles()) {
      for (FileScanTask task : tasks) {
        DataFile file = task.file();
        String reason = findReasonToLeave(table, task);
        if (reason != null) {
          left.add(file.location() + " " + reason);
        } else if (file.recordCount() > 0) {
          files.add(file);
        }
      }
    }

    return new PartitionFiles(partition, snapshot.snapshotId(), files, left);
  }

  private static @Nullable String findReasonToLeave(Table table, FileScanTask task) {
    DataFile file = task.file();
    if (file.specId() != table.spec().specId()) {
      return "has partition spec " + file.specId();
    }

    if (!task.deletes().isEmpty()) {
      return "has row-level deletes";
    }

    return file.format() == FileFormat.PARQUET ? null : "has format " + file.format();
  }
}
