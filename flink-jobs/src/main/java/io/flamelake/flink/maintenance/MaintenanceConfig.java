/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.flink.sink.CommitRetry;
import io.flamelake.flink.source.SegmentLogLocation;
import java.io.Serializable;
import java.time.Duration;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Settings of maintenance.
 *
 * @param catalog where the tables are
 * @param log where the segments are
 * @param interval between two looks for what is due
 * @param intervals of kinds that are looked for less often, by kind
 * @param leftOut kinds of tasks that are not run
 * @param closedAfter the time after the end of an hour, or a day, when it counts as closed
 * @param smallFiles how many small files of an open partition are packed into one
 * @param compactQuiet how long nothing has to be added to a closed hour or day before it is sorted
 * @param sortMemoryBytes of rows that one task holds, at most
 * @param rollUpQuiet how long nothing has to be added to a closed hour before it is rolled up
 * @param rollUpRemakeAfter how old the roll-up of an hour gets before it is made again although
 *     late data keeps coming in
 * @param rollUpMemoryBytes of sums, and of trees, that one task holds, at most
 * @param snapshotAge how long a snapshot is kept for queries that read it
 * @param orphanGrace the age that a file nobody refers to has to have to be deleted
 * @param segmentGrace how long a segment is kept after its profiles are in the tables
 * @param laneRetention how long the end of a lane is remembered
 * @param duplicateWindow the ingest job's; snapshots have to be kept for longer
 * @param retention how long data is kept
 * @param commitRetry how long a commit is tried
 * @param temporaryDirectory local, for spilled data
 */
public record MaintenanceConfig(
    CatalogConfig catalog,
    SegmentLogLocation log,
    Duration interval,
    SortedMap<String, Duration> intervals,
    SortedSet<String> leftOut,
    Duration closedAfter,
    int smallFiles,
    Duration compactQuiet,
    long sortMemoryBytes,
    Duration rollUpQuiet,
    Duration rollUpRemakeAfter,
    long rollUpMemoryBytes,
    Duration snapshotAge,
    Duration orphanGrace,
    Duration segmentGrace,
    Duration laneRetention,
    Duration duplicateWindow,
    RetentionSettings retention,
    CommitRetry commitRetry,
    String temporaryDirectory)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  public MaintenanceConfig {
    requireNonNull(catalog, "catalog");
    requireNonNull(log, "log");
    requireNonNull(retention, "retention");
    requireNonNull(commitRetry, "commitRetry");
    requireNonNull(temporaryDirectory, "temporaryDirectory");
    intervals = Collections.unmodifiableSortedMap(new TreeMap<>(intervals));
    leftOut = Collections.unmodifiableSortedSet(new TreeSet<>(leftOut));
    if (snapshotAge.compareTo(duplicateWindow) <= 0) {
      throw new IllegalArgumentException(
          "snapshotAge: "
              + snapshotAge
              + " (expected: longer than the duplicate window, "
              + duplicateWindow
              + ")");
    }
  }

  public static MaintenanceConfigBuilder builder(CatalogConfig catalog, SegmentLogLocation log) {
    return new MaintenanceConfigBuilder(catalog, log);
  }
}
