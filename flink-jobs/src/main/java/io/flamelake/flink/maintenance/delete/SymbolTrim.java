/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.apache.iceberg.expressions.Expressions.and;
import static org.apache.iceberg.expressions.Expressions.equal;
import static org.apache.iceberg.expressions.Expressions.greaterThanOrEqual;
import static org.apache.iceberg.expressions.Expressions.lessThan;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.catalog.ProfilesTable;
import io.flamelake.catalog.SeriesTable;
import io.flamelake.catalog.StacksTable;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.sink.ProfileTableRow;
import io.flamelake.flink.sink.ProfilesLayout;
import io.flamelake.flink.sink.SeriesLayout;
import io.flamelake.flink.sink.StacksLayout;
import io.flamelake.model.XxHash64;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.jspecify.annotations.Nullable;

/**
 * Removes from {@code stacks} and {@code series} what no profile of the tenant and day uses any
 * more.
 *
 * <p>The ids in use are held in memory, 8 to 16 bytes for each different stack of a day.
 */
final class SymbolTrim {
  private static final long MICROS_PER_DAY = TimeUnit.DAYS.toMicros(1);

  private static final Set<String> USE_COLUMNS =
      Set.of(
          ProfilesTable.PROFILE_TYPE,
          ProfilesTable.SERVICE_NAME,
          ProfilesTable.SERIES_ID,
          ProfilesTable.STACK_IDS);

  private final MaintenanceContext context;
  private final String tenant;
  private final SymbolScope scope;

  /**
   * @param scope which services and series are looked at
   */
  SymbolTrim(MaintenanceContext context, String tenant, SymbolScope scope) {
    this.context = context;
    this.tenant = tenant;
    this.scope = scope;
  }

  /**
   * Removes them from both tables.
   *
   * @param day since the epoch
   * @return how many rows were removed; null if it has to be tried again, as another commit came
   *     first or profiles are on their way that may use them
   */
  @Nullable Long run(int day) throws IOException, InterruptedException {
    Table stacks = context.tables().stacks();
    Table series = context.tables().series();
    Table profiles = context.tables().profiles();
    // What is committed to the tables of symbols now must have its profiles below.
    stacks.refresh();
    series.refresh();
    profiles.refresh();
    if (!isCovered(profiles, stacks) || !isCovered(profiles, series)) {
      return null;
    }

    List<FileScanTask> stackFiles = PartitionFiles.all(stacks, partition(day));
    List<FileScanTask> seriesFiles = PartitionFiles.all(series, partition(day));
    Used used = used(profiles, day);
    RemovedRows removedStacks =
        new RowTrim<>(context, stacks, new StacksLayout())
            .remove(
                stackFiles,
                Set.of(StacksTable.SERVICE_NAME, StacksTable.STACK_ID),
                row ->
                    scope.mayMatchService(row.serviceName())
                        && !used.stacks.contains(row.stackId()));
    RemovedRows removedSeries =
        new RowTrim<>(context, series, new SeriesLayout())
            .remove(
                seriesFiles,
                Set.of(
                    SeriesTable.PROFILE_TYPE,
                    SeriesTable.SERVICE_NAME,
                    SeriesTable.SERIES_ID,
                    SeriesTable.LABELS),
                row ->
                    scope.matches(row.profileType(), row.serviceName(), row.labels())
                        && !used.series.contains(seriesKey(row.seriesId(), row.profileType())));
    return removedStacks == null || removedSeries == null
        ? null
        : Long.valueOf(removedStacks.rows() + removedSeries.rows());
  }

  /**
   * Returns the days that have rows of the tenant in either table, within the condition's range.
   */
  static List<Integer> days(MaintenanceContext context, String tenant, RowCondition condition) {
    int first = Math.toIntExact(Math.floorDiv(condition.fromMicros(), MICROS_PER_DAY));
    int last = Math.toIntExact(Math.floorDiv(condition.toMicros() - 1, MICROS_PER_DAY));
    Expression range =
        and(
            equal(StacksTable.TENANT, tenant),
            greaterThanOrEqual(StacksTable.DAY, first),
            lessThan(StacksTable.DAY, last + 1));
    NavigableSet<Integer> days = new TreeSet<>();
    days.addAll(PartitionFiles.byPeriod(context.tables().stacks(), range).keySet());
    days.addAll(PartitionFiles.byPeriod(context.tables().series(), range).keySet());
    return List.copyOf(days);
  }

  /**
   * Whether profiles of services that may be meant were committed for a day since a version of
   * {@code profiles}: then the ingest job knows the day's stacks, and does not write them again.
   */
  boolean isActive(int day, long sinceSequence) throws IOException {
    Table profiles = context.tables().profiles();
    TableRows<ProfileTableRow> rows = new TableRows<>(profiles, new ProfilesLayout());
    boolean[] isActive = {false};
    for (FileScanTask file : PartitionFiles.all(profiles, ofDay(day))) {
      Long sequence = file.file().dataSequenceNumber();
      if (sequence == null || sequence > sinceSequence) {
        rows.forEach(
            file,
            Set.of(ProfilesTable.SERVICE_NAME),
            row -> isActive[0] |= scope.mayMatchService(row.serviceName()));
      }
    }

    return isActive[0];
  }

  private Expression partition(int day) {
    return and(equal(StacksTable.TENANT, tenant), equal(StacksTable.DAY, day));
  }

  private static boolean isCovered(Table profiles, Table symbols) {
    LaneWatermarks committed = LaneWatermarks.of(profiles);
    for (Map.Entry<String, Long> lane : LaneWatermarks.of(symbols).asMap().entrySet()) {
      if (!committed.covers(lane.getKey(), lane.getValue())) {
        return false;
      }
    }

    return true;
  }

  /** What the profiles of a day name. */
  private record Used(LongOpenHashSet stacks, LongOpenHashSet series) {}

  private Used used(Table profiles, int day) throws IOException {
    Used used = new Used(new LongOpenHashSet(), new LongOpenHashSet());
    TableRows<ProfileTableRow> rows = new TableRows<>(profiles, new ProfilesLayout());
    for (FileScanTask file : PartitionFiles.all(profiles, ofDay(day))) {
      rows.forEach(
          file,
          USE_COLUMNS,
          row -> {
            if (scope.mayMatchService(row.serviceName())) {
              used.series.add(seriesKey(row.seriesId(), row.profileType()));
              for (long stackId : row.stackIds()) {
                used.stacks.add(stackId);
              }
            }
          });
    }

    return used;
  }

  private Expression ofDay(int day) {
    return and(
        equal(ProfilesTable.TENANT, tenant),
        greaterThanOrEqual(ProfilesTable.TS, day * MICROS_PER_DAY),
        lessThan(ProfilesTable.TS, (day + 1) * MICROS_PER_DAY));
  }

  private static long seriesKey(long seriesId, String type) {
    return XxHash64.hash(type.getBytes(UTF_8), seriesId);
  }
}
