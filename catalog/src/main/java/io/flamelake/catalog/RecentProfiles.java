/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.IncrementalAppendScan;
import org.apache.iceberg.Scan;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/**
 * The keys of rows that were committed not long ago: what a repeated profile is recognized by after
 * a restart.
 *
 * <p>Reads four columns of the files that recent snapshots added. Rows that were deleted since are
 * among them: they were there. Where snapshots that are not old were expired all the same, it is
 * not known any more which files they added; then the rows of the table's last hours stand for
 * theirs, so that some keys are older than asked for, and those of profiles from long ago missing.
 */
public final class RecentProfiles {
  private static final Schema KEY_COLUMNS =
      ProfilesTable.SCHEMA.select(
          ProfilesTable.TENANT,
          ProfilesTable.PROFILE_TYPE,
          ProfilesTable.SERIES_ID,
          ProfilesTable.PROFILE_ID);

  /** How much older a profile may be than its commit, where only its own time is known. */
  private static final Duration USUAL_DELAY = Duration.ofHours(1);

  private RecentProfiles() {}

  /**
   * Passes over the row keys of the files that were appended by snapshots committed since a moment,
   * in no particular order. The moment is compared with the committers' clocks.
   *
   * @param profiles as last refreshed
   */
  public static void forEach(Table profiles, Instant sinceCommit, RowKeyConsumer consumer) {
    Snapshot current = profiles.currentSnapshot();
    Snapshot first = findFirst(profiles, sinceCommit);
    if (current == null || first == null) {
      return;
    }

    IncrementalAppendScan scan =
        profiles.newIncrementalAppendScan().toSnapshot(current.snapshotId());
    if (!isCutBefore(first, profiles)) {
      readKeys(profiles, scan.fromSnapshotInclusive(first.snapshotId()), consumer);
      return;
    }

    forEachIn(profiles, first, sinceCommit, consumer);
    if (first.snapshotId() != current.snapshotId()) {
      readKeys(profiles, scan.fromSnapshotExclusive(first.snapshotId()), consumer);
    }
  }

  /** Whether the snapshot before one was expired. */
  public static boolean isCutBefore(Snapshot snapshot, Table profiles) {
    Long parent = snapshot.parentId();
    return parent != null && profiles.snapshot(parent) == null;
  }

  /**
   * Passes over the row keys of a snapshot's rows of the last hours, whichever commit brought them,
   * in no particular order.
   *
   * @param sinceCommit the commit of the oldest rows that are wanted
   */
  public static void forEachIn(
      Table profiles, Snapshot snapshot, Instant sinceCommit, RowKeyConsumer consumer) {
    TableScan scan =
        profiles
            .newScan()
            .useSnapshot(snapshot.snapshotId())
            .filter(
                Expressions.greaterThanOrEqual(
                    ProfilesTable.TS, micros(sinceCommit.minus(USUAL_DELAY))));
    readKeys(profiles, scan, consumer);
  }

  /** Passes over the row keys of the files that one snapshot appended, in no particular order. */
  public static void forEach(Table profiles, Snapshot snapshot, RowKeyConsumer consumer) {
    if (!DataOperations.APPEND.equals(snapshot.operation())) {
      return;
    }

    readKeys(
        profiles,
        profiles
            .newIncrementalAppendScan()
            .fromSnapshotInclusive(snapshot.snapshotId())
            .toSnapshot(snapshot.snapshotId()),
        consumer);
  }

  /** Takes the identity of a row of {@code profiles}. */
  @FunctionalInterface
  public interface RowKeyConsumer {
    void accept(String tenant, UUID profileId, String profileType, long seriesId);
  }

  /** Returns the first snapshot since a moment of those that are left, null if there is none. */
  private static @Nullable Snapshot findFirst(Table profiles, Instant since) {
    long sinceMillis = since.toEpochMilli();
    @Nullable Snapshot first = null;
    for (Snapshot ancestor : SnapshotUtil.currentAncestors(profiles)) {
      if (ancestor.timestampMillis() < sinceMillis) {
        break;
      }

      first = ancestor;
    }

    return first;
  }

  private static long micros(Instant time) {
    return TimeUnit.MILLISECONDS.toMicros(time.toEpochMilli());
  }

  private static void readKeys(
      Table profiles, Scan<?, FileScanTask, ?> scan, RowKeyConsumer consumer) {
    try (CloseableIterable<FileScanTask> tasks = scan.planFiles()) {
      for (FileScanTask task : tasks) {
        readKeys(profiles, task.file(), consumer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read recent files of table " + profiles.name(), e);
    }
  }

  private static void readKeys(Table profiles, DataFile file, RowKeyConsumer consumer)
      throws IOException {
    try (CloseableIterable<Record> rows =
        Parquet.read(profiles.io().newInputFile(file))
            .project(KEY_COLUMNS)
            .createReaderFunc(
                fileSchema -> GenericParquetReaders.buildReader(KEY_COLUMNS, fileSchema))
            .reuseContainers()
            .build()) {
      for (Record row : rows) {
        consumer.accept(
            (String) row.getField(ProfilesTable.TENANT),
            (UUID) row.getField(ProfilesTable.PROFILE_ID),
            (String) row.getField(ProfilesTable.PROFILE_TYPE),
            (long) row.getField(ProfilesTable.SERIES_ID));
      }
    }
  }
}
