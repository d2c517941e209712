/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import java.time.Instant;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.SnapshotRef;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.util.SnapshotUtil;

/**
 * The snapshots of one version of a table, and which of them a reader may still hold.
 *
 * <p>A snapshot counts as old from when the next one took its place, not from when it was made: a
 * query that began a second ago may read what was the table for days.
 */
public record SnapshotHistory(TableMetadata metadata) {

  /** In the summary of the empty snapshot that an expiry makes. */
  static final String EXPIRY_PROPERTY = "flamelake.expiry";

  /** Whether a snapshot was made by an expiry, and so has the rows of the one before it. */
  public static boolean isExpiry(Snapshot snapshot) {
    return snapshot.summary().containsKey(EXPIRY_PROPERTY);
  }

  static SnapshotHistory of(Table table) {
    return new SnapshotHistory(((HasTableOperations) table).operations().current());
  }

  /**
   * Whether it is worth while to drop the snapshots that were not the table any more at a moment.
   * One that added files, and that only an expiry came after, holds nothing that the table does
   * not: if it counted, a table at rest would be committed to for ever. One that took files away
   * still says what they held.
   */
  boolean hasSnapshotsBefore(Instant moment) {
    long oldestKeptMillis = oldestKeptMillis(moment);
    Set<Long> worthless =
        metadata.refs().values().stream().map(SnapshotRef::snapshotId).collect(Collectors.toSet());
    for (Snapshot snapshot : metadata.snapshots()) {
      Snapshot parent = snapshot.parentId() == null ? null : metadata.snapshot(snapshot.parentId());
      if (parent != null
          && isExpiry(snapshot)
          && DataOperations.APPEND.equals(parent.operation())) {
        worthless.add(parent.snapshotId());
      }
    }

    return metadata.snapshots().stream()
        .anyMatch(
            snapshot ->
                snapshot.timestampMillis() < oldestKeptMillis
                    && !worthless.contains(snapshot.snapshotId()));
  }

  /** Returns when the snapshot was made that was the table at a moment, at the latest then. */
  long oldestKeptMillis(Instant moment) {
    long momentMillis = moment.toEpochMilli();
    Snapshot current = metadata.currentSnapshot();
    if (current == null) {
      return momentMillis;
    }

    for (Snapshot snapshot : SnapshotUtil.ancestorsOf(current.snapshotId(), metadata::snapshot)) {
      if (snapshot.timestampMillis() <= momentMillis) {
        return snapshot.timestampMillis();
      }
    }

    return momentMillis;
  }
}
