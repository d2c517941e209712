/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import java.util.List;
import org.apache.iceberg.DataFile;

/**
 * Files of a partition, and those that say the same.
 *
 * @param snapshotId in which the replaced files were seen
 */
record Rewrite(long snapshotId, List<DataFile> replaced, FileMerge.Result merged) {

  /** Returns the highest data sequence number of the replaced files, which the new ones keep. */
  long sequence() {
    long highest = 0;
    for (DataFile file : replaced) {
      Long sequence = file.dataSequenceNumber();
      if (sequence == null) {
        throw new IllegalStateException("File " + file.location() + " is not committed");
      }

      highest = Math.max(highest, sequence);
    }

    return highest;
  }
}
