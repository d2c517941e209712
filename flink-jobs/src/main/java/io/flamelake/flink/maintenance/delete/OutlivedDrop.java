/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import static org.apache.iceberg.expressions.Expressions.and;
import static org.apache.iceberg.expressions.Expressions.equal;
import static org.apache.iceberg.expressions.Expressions.lessThan;

import io.flamelake.catalog.LakeTables;
import io.flamelake.catalog.ProfilesKept;
import io.flamelake.catalog.ProfilesTable;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.TaskResult;
import io.flamelake.flink.maintenance.commit.FencedCommit.Outcome;
import io.flamelake.flink.maintenance.rollup.RollUpGaps;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.expressions.Expression;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the profiles of whole UTC days of a tenant whose roll-ups are kept for longer: the oldest
 * days first, and no further than up to the first of which the roll-ups do not have everything.
 * That one waits, and so do those after it, for {@link #MAX_WAIT_DAYS}; whoever cannot be rolled up
 * in that time never will be, and goes all the same.
 *
 * <p>The days' roll-ups are looked at before the commit; profiles that are added to them, or
 * deleted, after that supersede it.
 *
 * @param endDay the first day, counted since the epoch, whose profiles have not expired
 * @param rollUpsFromDay the first day whose roll-ups have not expired: of earlier ones none is
 *     needed
 */
record OutlivedDrop(String tenant, int endDay, int rollUpsFromDay) implements MaintenanceTask {

  /** How long profiles that have expired wait for their roll-ups. */
  static final int MAX_WAIT_DAYS = 3;

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(OutlivedDrop.class);
  private static final int HOURS_PER_DAY = 24;
  private static final long MICROS_PER_DAY = 86_400_000_000L;

  @Override
  public String kind() {
    return RetentionPlanner.KIND;
  }

  @Override
  public String subject() {
    return "profiles of " + tenant + " before " + LocalDate.ofEpochDay(endDay) + ", rolled up";
  }

  @Override
  public TaskResult run(MaintenanceContext context) throws IOException, InterruptedException {
    Table profiles = context.tables().profiles();
    Snapshot read = profiles.currentSnapshot();
    if (read == null) {
      return TaskResult.NOTHING;
    }

    NavigableMap<Integer, List<FileScanTask>> hours =
        PartitionFiles.byPeriod(profiles, filter(endDay));
    SortedMap<Integer, RollUpGaps> lost = new TreeMap<>();
    int end = findEnd(context, hours, lost);
    SortedMap<Integer, List<FileScanTask>> dropped = hours.headMap(end * HOURS_PER_DAY);
    if (dropped.isEmpty()) {
      return hours.isEmpty() ? TaskResult.NOTHING : new TaskResult(Map.of(TaskResult.SKIPPED, 1L));
    }

    Outcome outcome =
        context.commit().commit(profiles, transaction -> drop(transaction, read, end));
    if (outcome == Outcome.SUPERSEDED) {
      return new TaskResult(Map.of(TaskResult.SKIPPED, 1L));
    }

    lost.forEach(
        (day, gaps) ->
            LOG.warn(
                "Profiles of tenant {} on {} are removed {} days after their time without a"
                    + " roll-up of {}",
                tenant,
                LocalDate.ofEpochDay(day),
                MAX_WAIT_DAYS,
                gaps));
    return PartitionFiles.countRemoved(dropped.values().stream().flatMap(List::stream).toList());
  }

  /**
   * Returns the first day that stays.
   *
   * @param lost takes up the days before it that have waited in vain
   */
  private int findEnd(
      MaintenanceContext context,
      NavigableMap<Integer, List<FileScanTask>> hours,
      SortedMap<Integer, RollUpGaps> lost)
      throws IOException {
    for (int day : daysToLookAt(context.tables(), hours.keySet())) {
      RollUpGaps gaps = RollUpGaps.find(context.tables(), tenant, day);
      if (!gaps.isEmpty() && day >= endDay - MAX_WAIT_DAYS) {
        LOG.warn(
            "Profiles of tenant {} from {} on have expired but stay, because on that day there is"
                + " no roll-up of {}; it is removed without if that is so on {}",
            tenant,
            LocalDate.ofEpochDay(day),
            gaps,
            LocalDate.now(context.clock()).plusDays(day - (endDay - MAX_WAIT_DAYS) + 1L));
        return day;
      }

      if (!gaps.isEmpty()) {
        lost.put(day, gaps);
      }
    }

    return endDay;
  }

  /** Returns the days with profiles, or with roll-ups, which would be believed ever after. */
  private SortedSet<Integer> daysToLookAt(LakeTables tables, Set<Integer> hours) {
    SortedSet<Integer> days = new TreeSet<>();
    hours.forEach(hour -> days.add(Math.floorDiv(hour, HOURS_PER_DAY)));
    for (Table rollUps : List.of(tables.flame1h(), tables.flame1d())) {
      days.addAll(PartitionFiles.byPeriod(rollUps, filter(endDay)).keySet());
    }

    int keptFrom = ProfilesKept.fromDay(tables.profiles().properties(), tenant);
    return days.tailSet(Math.max(rollUpsFromDay, keptFrom));
  }

  private void drop(Transaction transaction, Snapshot read, int end) {
    transaction
        .newOverwrite()
        .overwriteByRowFilter(filter(end))
        .validateFromSnapshot(read.snapshotId())
        .conflictDetectionFilter(filter(end))
        .validateNoConflictingData()
        .validateNoConflictingDeletes()
        .commit();
    int before = ProfilesKept.fromDay(transaction.table().properties(), tenant);
    transaction
        .updateProperties()
        .set(ProfilesKept.property(tenant), Integer.toString(Math.max(end, before)))
        .commit();
  }

  /** Of {@code profiles} and of the roll-ups, whose columns have the same names. */
  private Expression filter(int end) {
    return and(
        equal(ProfilesTable.TENANT, tenant), lessThan(ProfilesTable.TS, end * MICROS_PER_DAY));
  }
}
