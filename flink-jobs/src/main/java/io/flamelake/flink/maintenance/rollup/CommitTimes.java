/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/** When the commits of a table's history were made, by their sequence numbers. */
final class CommitTimes {

  private final Map<Long, Instant> times = new HashMap<>();

  CommitTimes(Table table) {
    for (Snapshot snapshot : table.snapshots()) {
      times.put(snapshot.sequenceNumber(), Instant.ofEpochMilli(snapshot.timestampMillis()));
    }
  }

  /** Whether a commit is at least this old; one that history does not reach back to is. */
  boolean isOlder(long sequence, Duration age, Instant now) {
    Instant time = times.get(sequence);
    return time == null || !time.plus(age).isAfter(now);
  }
}
