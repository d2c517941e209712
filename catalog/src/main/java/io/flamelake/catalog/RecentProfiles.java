/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataOperations;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.IncrementalAppendScan;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/**
 * The keys of rows that were committed not long ago: what a repeated profile is recognized by after
 * a restart.
 *
 * <p>Reads four columns of the files that recent snapshots added. Rows that were deleted since are
 * among them: they were there.
 */
public final class RecentProfiles {
  private static final Schema KEY_COLUMNS =
      ProfilesTable.SCHEMA.select(
          ProfilesTable.TENANT,
          ProfilesTable.PROFILE_TYPE,
          ProfilesTable.SERIES_ID,
          ProfilesTable.PROFILE_ID);

  private RecentProfiles() {}

  /**
   * Passes over the row keys of the files that were appended by snapshots committed since a moment,
   * in no particular order. The moment is compared with the committers' clocks.
   *
   * @param profiles as last refreshed
   */
  public static void forEach(Table profiles, Instant sinceCommit, RowKeyConsumer consumer) {
    IncrementalAppendScan scan = findScan(profiles, sinceCommit.toEpochMilli());
    if (scan == null) {
      return;
    }

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

  private static @Nullable IncrementalAppendScan findScan(Table profiles, long sinceMillis) {
    Snapshot current = profiles.currentSnapshot();
    if (current == null || current.timestampMillis() < sinceMillis) {
      return null;
    }

    Snapshot first = current;
    for (Snapshot ancestor : SnapshotUtil.currentAncestors(profiles)) {
      if (ancestor.timestampMillis() < sinceMillis) {
        break;
      }

      first = ancestor;
    }

    return profiles
        .newIncrementalAppendScan()
        .fromSnapshotInclusive(first.snapshotId())
        .toSnapshot(current.snapshotId());
  }

  private static void readKeys(
      Table profiles, IncrementalAppendScan scan, RowKeyConsumer consumer) {
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
