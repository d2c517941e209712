/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import java.time.Instant;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/**
 * Tells from sequence numbers which data is older than a moment.
 *
 * @param sequence the highest one that a commit had by then
 */
record QuietTime(long sequence) {

  /**
   * Looks at the history that the table still has; what is older than all of it counts as older
   * than the moment.
   */
  static QuietTime before(Table table, Instant moment) {
    long newestBefore = -1;
    long oldest = Long.MAX_VALUE;
    for (Snapshot snapshot : table.snapshots()) {
      oldest = Math.min(oldest, snapshot.sequenceNumber());
      if (snapshot.timestampMillis() <= moment.toEpochMilli()) {
        newestBefore = Math.max(newestBefore, snapshot.sequenceNumber());
      }
    }

    return new QuietTime(newestBefore >= 0 ? newestBefore : oldest - 1);
  }

  /** Says whether the rows of a file were there before the moment. */
  boolean covers(DataFile file) {
    Long fileSequence = file.dataSequenceNumber();
    return fileSequence != null && fileSequence <= sequence;
  }
}
