/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import java.util.Map;
import java.util.SortedSet;

/**
 * A table as it lies on the disk.
 *
 * @param files the current data files of each partition
 * @param orphans files below the table's location that no metadata refers to
 * @param missing files that metadata refers to and that are not there
 */
record InspectedTable(
    String name,
    long rows,
    long dataBytes,
    long metadataJsonBytes,
    int snapshots,
    Map<String, PartitionSize> files,
    long targetFileBytes,
    SortedSet<String> orphans,
    SortedSet<String> missing) {

  /** How many files, and of how many bytes. */
  record PartitionSize(int files, long bytes) {
    PartitionSize plus(PartitionSize other) {
      return new PartitionSize(files + other.files, bytes + other.bytes);
    }
  }

  int maxFilesPerPartition() {
    return files.values().stream().mapToInt(PartitionSize::files).max().orElse(0);
  }

  /** Partitions that hold more files than their bytes would fill, with one to spare. */
  long partitionsBelowTargetFileSize() {
    return files.values().stream()
        .filter(size -> size.files() > 1 - Math.floorDiv(-size.bytes(), targetFileBytes))
        .count();
  }
}
