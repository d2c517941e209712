/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import static org.apache.iceberg.expressions.Expressions.and;
import static org.apache.iceberg.expressions.Expressions.equal;
import static org.apache.iceberg.expressions.Expressions.greaterThanOrEqual;
import static org.apache.iceberg.expressions.Expressions.lessThan;

import io.flamelake.catalog.FlameTable;
import io.flamelake.catalog.ProfilesKept;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.sink.FlameLayout;
import io.flamelake.flink.sink.FlameTableRow;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;

/**
 * Removes roll-ups that tell of removed rows: those that do not cover their hour or day as it is
 * now, which are made again without them, and where the profiles are gone by retention and nothing
 * can be made again, those of the services that are meant.
 */
final class RollUpTrim {
  private static final long MICROS_PER_HOUR = TimeUnit.HOURS.toMicros(1);
  private static final long MICROS_PER_DAY = TimeUnit.DAYS.toMicros(1);

  private static final Set<String> COLUMNS =
      Set.of(
          FlameTable.PROFILE_TYPE,
          FlameTable.SERVICE_NAME,
          FlameTable.TS,
          FlameTable.COVERED_SEQUENCE,
          FlameTable.COVERED_ROWS);

  private final MaintenanceContext context;
  private final String tenant;
  private final RowCondition condition;

  RollUpTrim(MaintenanceContext context, String tenant, RowCondition condition) {
    this.context = context;
    this.tenant = tenant;
    this.condition = condition;
  }

  /**
   * Removes them from both tables.
   *
   * @return how many rows were removed; null if another commit came first, and it has to be tried
   *     again
   */
  @Nullable Long run() throws IOException, InterruptedException {
    context.tables().refresh();
    Long hourly = trim(FlameLayout.HOURLY, context.tables().flame1h());
    Long daily = trim(FlameLayout.DAILY, context.tables().flame1d());
    return hourly == null || daily == null ? null : Long.valueOf(hourly + daily);
  }

  private @Nullable Long trim(FlameLayout layout, Table table)
      throws IOException, InterruptedException {
    Map<Integer, List<FileScanTask>> days =
        PartitionFiles.byPeriod(
            table,
            and(
                equal(FlameTable.TENANT, tenant),
                greaterThanOrEqual(FlameTable.TS, floorDay(condition.fromMicros())),
                lessThan(FlameTable.TS, condition.toMicros())));
    if (days.isEmpty()) {
      return 0L;
    }

    Predicate<FlameTableRow> doomed = doomed(layout, days);
    RowTrim<FlameTableRow> trim = new RowTrim<>(context, table, layout);
    long rows = 0;
    for (List<FileScanTask> files : days.values()) {
      RemovedRows removed = trim.remove(files, COLUMNS, doomed);
      if (removed == null) {
        return null;
      }

      rows += removed.rows();
    }

    return rows;
  }

  private Predicate<FlameTableRow> doomed(
      FlameLayout layout, Map<Integer, List<FileScanTask>> days) {
    Table profiles = context.tables().profiles();
    int first = days.keySet().stream().mapToInt(Integer::intValue).min().orElseThrow();
    int last = days.keySet().stream().mapToInt(Integer::intValue).max().orElseThrow();
    HourVersions versions =
        new HourVersions(profiles, tenant, first * MICROS_PER_DAY, (last + 1) * MICROS_PER_DAY);
    int keptFromDay = ProfilesKept.fromDay(profiles.properties(), tenant);
    boolean daily = layout == FlameLayout.DAILY;
    return row -> {
      int day = Math.toIntExact(Math.floorDiv(row.timeMicros(), MICROS_PER_DAY));
      if (day < keptFromDay) {
        return isOfLost(row, daily);
      }

      int hour = Math.toIntExact(Math.floorDiv(row.timeMicros(), MICROS_PER_HOUR));
      return !row.covered().equals(daily ? versions.ofDay(day) : versions.ofHour(hour));
    };
  }

  /** Whether a row whose profiles are gone tells of something that is to be deleted. */
  private boolean isOfLost(FlameTableRow row, boolean daily) {
    long end = row.timeMicros() + (daily ? MICROS_PER_DAY : MICROS_PER_HOUR);
    if (end <= condition.fromMicros() || row.timeMicros() >= condition.toMicros()) {
      return false;
    }

    boolean isWhole = row.timeMicros() >= condition.fromMicros() && end <= condition.toMicros();
    // A day that is cut has to be answered from its hours, for all services alike.
    return (daily && !isWhole) || condition.mayMatch(row.profileType(), row.serviceName());
  }

  private static long floorDay(long micros) {
    return Math.floorDiv(micros, MICROS_PER_DAY) * MICROS_PER_DAY;
  }
}
