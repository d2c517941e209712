/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import static org.apache.iceberg.expressions.Expressions.and;
import static org.apache.iceberg.expressions.Expressions.equal;
import static org.apache.iceberg.expressions.Expressions.lessThan;

import io.flamelake.catalog.FlameTable;
import io.flamelake.catalog.LakeTables;
import io.flamelake.catalog.PartitionVersion;
import io.flamelake.catalog.ProfilesTable;
import io.flamelake.catalog.StacksTable;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.RetentionSettings;
import io.flamelake.flink.maintenance.TaskPlanner;
import io.flamelake.flink.maintenance.delete.ExpiredRows.Part;
import io.flamelake.flink.sink.LakeTable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.expressions.InclusiveMetricsEvaluator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds data that is older than its tenant keeps it.
 *
 * <ul>
 *   <li>{@code profiles}: whole hours when everything in them has expired; whole days, once they
 *       are rolled up, where the roll-ups are kept for longer; before that, rows whose rule gives
 *       them a shorter life.
 *   <li>{@code stacks} and {@code series}: a day when its profiles are in no version any more that
 *       a query may read.
 *   <li>roll-ups: days, after a period of their own.
 * </ul>
 *
 * A tenant of whom the overrides file cannot be read loses nothing. What it remembers saves looking
 * twice at the same rows, no more.
 */
public final class RetentionPlanner implements TaskPlanner {
  static final String KIND = "retention";

  private static final Logger LOG = LoggerFactory.getLogger(RetentionPlanner.class);

  /** After it, a partition is looked at again whose rows should have been removed. */
  private static final Duration LOOKED_AT = Duration.ofHours(1);

  private static final long MICROS_PER_HOUR = TimeUnit.HOURS.toMicros(1);
  private static final long MICROS_PER_DAY = TimeUnit.DAYS.toMicros(1);

  private final Map<ExpiredRows, Look> looks = new HashMap<>();

  /** When a partition was looked at, which content it had, and what had expired. */
  private record Look(Instant time, PartitionVersion version, Set<Duration> periods) {}

  @Override
  public List<MaintenanceTask> plan(MaintenanceContext context) {
    RetentionPolicies policies;
    try {
      policies = RetentionPolicies.load(context.config().retention());
    } catch (IOException | IllegalArgumentException e) {
      LOG.warn("Nothing is removed by retention until its settings are good: {}", e.toString());
      return List.of();
    }

    if (policies.isForEver()) {
      return List.of();
    }

    return new Plan(context, policies).make();
  }

  /** One look at all tables. */
  private final class Plan {
    private final RetentionSettings settings;
    private final RetentionPolicies policies;
    private final LakeTables tables;
    private final Duration snapshotAge;
    private final Duration quietTime;
    private final Instant now;
    private final List<MaintenanceTask> tasks = new ArrayList<>();

    Plan(MaintenanceContext context, RetentionPolicies policies) {
      this.settings = context.config().retention();
      this.policies = policies;
      this.tables = context.tables();
      this.snapshotAge = context.config().snapshotAge();
      this.quietTime = DeletionSchedule.quietTime(context.config());
      this.now = context.clock().instant();
    }

    List<MaintenanceTask> make() {
      long oldest = micros(now.minus(policies.shortestPeriod()));
      PartitionFiles.byTenant(tables.profiles(), lessThan(ProfilesTable.TS, oldest))
          .forEach(this::addProfiles);
      int oldestDay = dayOf(oldest);
      Expression oldDays = lessThan(StacksTable.DAY, oldestDay);
      PartitionFiles.byTenant(tables.stacks(), oldDays)
          .forEach((tenant, days) -> addSymbols(LakeTable.STACKS, tenant, days));
      PartitionFiles.byTenant(tables.series(), oldDays)
          .forEach((tenant, days) -> addSymbols(LakeTable.SERIES, tenant, days));
      Expression oldRollUps = lessThan(FlameTable.TS, oldest);
      PartitionFiles.byTenant(tables.flame1h(), oldRollUps)
          .forEach((tenant, days) -> addRollUps(LakeTable.FLAME_1H, tenant, days));
      PartitionFiles.byTenant(tables.flame1d(), oldRollUps)
          .forEach((tenant, days) -> addRollUps(LakeTable.FLAME_1D, tenant, days));
      return tasks;
    }

    private void addProfiles(String tenant, NavigableMap<Integer, List<DataFile>> hours) {
      TenantRetention retention = policies.of(tenant);
      Duration longest = retention.longestPeriod();
      int endOfDropped = Integer.MIN_VALUE;
      if (!longest.isZero()) {
        boolean byDay = retention.hasRollUpsThatOutlive();
        long before = floor(micros(now.minus(longest)), byDay ? MICROS_PER_DAY : MICROS_PER_HOUR);
        endOfDropped = Math.toIntExact(before / MICROS_PER_HOUR);
        if (hours.firstKey() < endOfDropped) {
          tasks.add(
              byDay
                  ? new OutlivedDrop(tenant, dayOf(before), firstDayOfRollUps(retention))
                  : new PartitionDrop(LakeTable.PROFILES, tenant, before));
        }
      }

      if (!retention.rules().isEmpty()) {
        hours
            .tailMap(endOfDropped, true)
            .forEach((hour, files) -> addExpired(retention, tenant, hour, files));
      }
    }

    private void addExpired(
        TenantRetention retention, String tenant, int hour, List<DataFile> files) {
      Instant end = Part.HOUR_OF_PROFILES.end(hour);
      Expression filter = Expressions.alwaysFalse();
      for (RetentionRule rule : retention.rules()) {
        if (ExpiredRows.isOver(rule.period(), end, now)) {
          filter = Expressions.or(filter, rule.toFileFilter());
        }
      }

      if (ExpiredRows.isOver(retention.period(), end, now)) {
        filter = Expressions.alwaysTrue();
      }

      InclusiveMetricsEvaluator mayHold =
          new InclusiveMetricsEvaluator(tables.profiles().schema(), filter);
      if (files.stream().anyMatch(mayHold::eval)) {
        ExpiredRows task = new ExpiredRows(settings, tenant, Part.HOUR_OF_PROFILES, hour);
        addUnlessLookedAt(task, retention, end, files);
      }
    }

    private void addSymbols(
        LakeTable table, String tenant, NavigableMap<Integer, List<DataFile>> days) {
      TenantRetention retention = policies.of(tenant);
      Duration longest = retention.longestPeriod();
      int endOfDropped = Integer.MIN_VALUE;
      if (!longest.isZero()) {
        long before = micros(now.minus(longest).minus(snapshotAge));
        endOfDropped = dayOf(before);
        if (days.firstKey() < endOfDropped && !hasReadableProfiles(tenant, endOfDropped)) {
          tasks.add(new PartitionDrop(table, tenant, endOfDropped * MICROS_PER_DAY));
        }
      }

      if (!retention.rules().isEmpty() && table == LakeTable.STACKS) {
        days.tailMap(endOfDropped, true)
            .forEach((day, files) -> addExpiredSymbols(retention, tenant, day, files));
      }
    }

    private void addExpiredSymbols(
        TenantRetention retention, String tenant, int day, List<DataFile> files) {
      // The ingest job remembers the stacks of today and yesterday.
      Instant forgotten = Part.DAY_OF_SYMBOLS.end(day + 1).plus(quietTime);
      Instant end = Part.DAY_OF_SYMBOLS.end(day).plus(quietTime);
      if (!forgotten.isAfter(now) && !expiredPeriods(retention, end).isEmpty()) {
        ExpiredRows task = new ExpiredRows(settings, tenant, Part.DAY_OF_SYMBOLS, day);
        addUnlessLookedAt(task, retention, end, files);
      }
    }

    /** Of those that have not expired. */
    private int firstDayOfRollUps(TenantRetention retention) {
      Duration period = retention.effectiveRollUpPeriod();
      return period.isZero() ? Integer.MIN_VALUE : dayOf(micros(now.minus(period)));
    }

    private void addRollUps(
        LakeTable table, String tenant, NavigableMap<Integer, List<DataFile>> days) {
      int first = firstDayOfRollUps(policies.of(tenant));
      if (days.firstKey() < first) {
        tasks.add(new PartitionDrop(table, tenant, first * MICROS_PER_DAY));
      }
    }

    private void addUnlessLookedAt(
        ExpiredRows task, TenantRetention retention, Instant end, List<DataFile> files) {
      PartitionVersion version = PartitionVersion.EMPTY;
      for (DataFile file : files) {
        version = version.plus(file);
      }

      Set<Duration> periods = expiredPeriods(retention, end);
      Look before = looks.get(task);
      boolean isKnown =
          before != null
              && before.version.equals(version)
              && before.periods.equals(periods)
              && before.time.plus(LOOKED_AT).isAfter(now);
      if (!isKnown) {
        looks.put(task, new Look(now, version, periods));
        tasks.add(task);
      }
    }

    private Set<Duration> expiredPeriods(TenantRetention retention, Instant end) {
      Set<Duration> periods = new TreeSet<>();
      for (RetentionRule rule : retention.rules()) {
        if (ExpiredRows.isOver(rule.period(), end, now)) {
          periods.add(rule.period());
        }
      }

      if (ExpiredRows.isOver(retention.period(), end, now)) {
        periods.add(retention.period());
      }

      return periods;
    }

    /** Whether a version of {@code profiles} that a query may read has rows from before a day. */
    private boolean hasReadableProfiles(String tenant, int day) {
      Snapshot oldest = findOldest(tables.profiles());
      if (oldest == null) {
        return false;
      }

      Expression before =
          and(
              equal(ProfilesTable.TENANT, tenant),
              lessThan(ProfilesTable.TS, day * MICROS_PER_DAY));
      return !PartitionFiles.all(tables.profiles(), before).isEmpty()
          || !PartitionFiles.allOf(tables.profiles(), oldest.snapshotId(), before).isEmpty();
    }
  }

  private static @Nullable Snapshot findOldest(Table table) {
    Snapshot oldest = null;
    for (Snapshot snapshot : table.snapshots()) {
      if (oldest == null || snapshot.sequenceNumber() < oldest.sequenceNumber()) {
        oldest = snapshot;
      }
    }

    return oldest;
  }

  private static int dayOf(long micros) {
    return Math.toIntExact(Math.floorDiv(micros, MICROS_PER_DAY));
  }

  private static long floor(long micros, long unit) {
    return Math.floorDiv(micros, unit) * unit;
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }
}
