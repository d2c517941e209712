/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import io.flamelake.catalog.ProfilesTable;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.sink.ProfileTableRow;
import io.flamelake.flink.sink.ProfilesLayout;
import io.flamelake.model.Selector;
import java.io.IOException;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/** Removes rows of {@code profiles}, one hour of one tenant after the other. */
final class ProfileTrim {
  /** What says which rows are meant. */
  static final Set<String> CONDITION_COLUMNS =
      Set.of(
          ProfilesTable.PROFILE_TYPE,
          ProfilesTable.SERVICE_NAME,
          ProfilesTable.TS,
          ProfilesTable.SERIES_ID,
          ProfilesTable.LABELS);

  private static final long MICROS_PER_HOUR = 3_600_000_000L;

  /** Compaction of an open hour may come first that often. */
  private static final int MAX_ATTEMPTS = 5;

  private final MaintenanceContext context;
  private final String tenant;

  /** Whose files the candidates are: this trim's own commits go on from it. */
  private @Nullable Snapshot read;

  ProfileTrim(MaintenanceContext context, String tenant) {
    this.context = context;
    this.tenant = tenant;
  }

  /** Returns the hours, counted from the epoch, that may hold such rows. */
  NavigableMap<Integer, List<FileScanTask>> candidates(RowCondition condition) {
    read = context.tables().profiles().currentSnapshot();
    return PartitionFiles.byPeriod(context.tables().profiles(), condition.toFileFilter(tenant));
  }

  /**
   * Removes the rows of an hour that a condition means.
   *
   * @param files the hour's candidates
   * @return null if other commits came first every time
   */
  @Nullable RemovedRows remove(int hour, List<FileScanTask> files, RowCondition condition)
      throws IOException, InterruptedException {
    SeriesMatches series = new SeriesMatches(condition);
    return remove(
        files,
        () -> candidates(condition).getOrDefault(hour, List.of()),
        CONDITION_COLUMNS,
        row -> condition.isInRange(row.timeMicros()) && series.matches(row));
  }

  /**
   * Removes rows of an hour.
   *
   * @param doomed looks at type and service alone
   * @return null if other commits came first every time
   */
  @Nullable RemovedRows remove(int hour, Predicate<ProfileTableRow> doomed)
      throws IOException, InterruptedException {
    RowCondition all =
        new RowCondition(Selector.ALL, null, hour * MICROS_PER_HOUR, (hour + 1) * MICROS_PER_HOUR);
    Supplier<List<FileScanTask>> files = () -> candidates(all).getOrDefault(hour, List.of());
    return remove(
        files.get(), files, Set.of(ProfilesTable.PROFILE_TYPE, ProfilesTable.SERVICE_NAME), doomed);
  }

  private @Nullable RemovedRows remove(
      List<FileScanTask> files,
      Supplier<List<FileScanTask>> again,
      Set<String> columns,
      Predicate<ProfileTableRow> doomed)
      throws IOException, InterruptedException {
    Table profiles = context.tables().profiles();
    List<FileScanTask> current = files;
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      RemovedRows removed =
          new RowTrim<>(context, profiles, new ProfilesLayout(), read)
              .remove(current, columns, doomed);
      if (removed != null) {
        return removed;
      }

      profiles.refresh();
      current = again.get();
    }

    return null;
  }
}
