/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import io.flamelake.catalog.PartitionVersion;
import io.flamelake.catalog.ProfilesKept;
import io.flamelake.flink.maintenance.MaintenanceConfig;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.TaskPlanner;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Compares the versions of the hours of {@code profiles} with those that the roll-ups cover. Due
 * are
 *
 * <ul>
 *   <li>closed hours with another version, once nothing was added to them for a while; where late
 *       data keeps coming in, what is rolled up already is made again from time to time;
 *   <li>closed days whose hours are all rolled up, and add up to another version than the day's;
 *   <li>roll-ups of hours and days without any profile, to be removed, unless they are meant to
 *       outlive their profiles.
 * </ul>
 *
 * <p>One task does all hours of a tenant and day, as they share files. Not thread-safe. What it
 * remembers only saves work.
 */
public final class RollUpPlanner implements TaskPlanner {

  static final String KIND = "roll-up";

  private final ProfileHours profileHours = new ProfileHours();
  private final FlameFiles hourFiles = new FlameFiles(FlamePeriod.HOUR);
  private final FlameFiles dayFiles = new FlameFiles(FlamePeriod.DAY);
  private final Attempts attempts = new Attempts();

  @Override
  public List<MaintenanceTask> plan(MaintenanceContext context) throws IOException {
    attempts.begin();
    Plan plan = new Plan(context);
    SortedMap<String, SortedMap<Integer, HourState>> profiles =
        profileHours.read(context.tables().profiles());
    SortedMap<String, SortedMap<Integer, List<FlameFile>>> hours =
        hourFiles.read(context.tables().flame1h());
    SortedMap<String, SortedMap<Integer, List<FlameFile>>> days =
        dayFiles.read(context.tables().flame1d());
    SortedSet<String> tenants = new TreeSet<>(profiles.keySet());
    tenants.addAll(hours.keySet());
    tenants.addAll(days.keySet());
    for (String tenant : tenants) {
      plan.add(
          tenant,
          profiles.getOrDefault(tenant, Collections.emptySortedMap()),
          hours.getOrDefault(tenant, Collections.emptySortedMap()),
          days.getOrDefault(tenant, Collections.emptySortedMap()));
    }

    return plan.newestFirst();
  }

  /**
   * Returns the first day of a tenant whose roll-ups are made, and removed, as its profiles say.
   */
  static int firstDay(MaintenanceContext context, String tenant) {
    return ProfilesKept.fromDay(context.tables().profiles().properties(), tenant);
  }

  private final class Plan {

    private final MaintenanceContext context;
    private final MaintenanceConfig config;
    private final Instant now;
    private final CommitTimes profileCommits;
    private final CommitTimes hourCommits;
    private final TreeMap<Integer, List<MaintenanceTask>> tasksByDay = new TreeMap<>();

    private Plan(MaintenanceContext context) {
      this.context = context;
      this.config = context.config();
      this.now = context.clock().instant();
      this.profileCommits = new CommitTimes(context.tables().profiles());
      this.hourCommits = new CommitTimes(context.tables().flame1h());
    }

    private List<MaintenanceTask> newestFirst() {
      List<MaintenanceTask> tasks = new ArrayList<>();
      tasksByDay.descendingMap().values().forEach(tasks::addAll);
      return tasks;
    }

    private void add(
        String tenant,
        SortedMap<Integer, HourState> profiles,
        SortedMap<Integer, List<FlameFile>> hours,
        SortedMap<Integer, List<FlameFile>> days) {
      SortedSet<Integer> all = new TreeSet<>(hours.keySet());
      all.addAll(days.keySet());
      profiles.keySet().forEach(hour -> all.add(FlamePeriod.dayOf(hour)));
      int first = firstDay(context, tenant);
      for (int day : all.tailSet(first)) {
        SortedMap<Integer, HourState> profilesOfDay =
            profiles.subMap(FlamePeriod.HOURS_PER_DAY * day, FlamePeriod.HOURS_PER_DAY * (day + 1));
        List<FlameFile> hoursOfDay = hours.getOrDefault(day, List.of());
        addHours(tenant, day, profilesOfDay, hoursOfDay);
        addDay(tenant, day, profilesOfDay, hoursOfDay, days.getOrDefault(day, List.of()));
      }
    }

    private void addHours(
        String tenant, int day, SortedMap<Integer, HourState> profiles, List<FlameFile> files) {
      SortedMap<Integer, Coverage> coverage = Coverage.byPeriod(files);
      SortedSet<Integer> all = new TreeSet<>(profiles.keySet());
      all.addAll(coverage.keySet());
      SortedSet<Integer> due = new TreeSet<>();
      for (int hour : all) {
        HourState state = profiles.getOrDefault(hour, HourState.EMPTY);
        if (isDue(hour, state, coverage.get(hour))
            && attempts.mayTry(
                new Attempts.Subject(FlamePeriod.HOUR, tenant, hour, state.version()), now)) {
          due.add(hour);
        }
      }

      if (!due.isEmpty()) {
        addTask(day, new HourlyRollUp(tenant, day, due));
      }
    }

    private boolean isDue(int hour, HourState state, @Nullable Coverage coverage) {
      PartitionVersion version = state.version();
      if (Coverage.isUpToDate(coverage, version)) {
        return false;
      }

      if (version.rows() == 0) {
        return true;
      }

      if (!isClosed(FlamePeriod.HOUR, hour) || state.rowLevelDeletes()) {
        return false;
      }

      return profileCommits.isOlder(version.sequence(), config.rollUpQuiet(), now)
          || (coverage != null
              && hourCommits.isOlder(coverage.madeBy(), config.rollUpRemakeAfter(), now));
    }

    private void addDay(
        String tenant,
        int day,
        SortedMap<Integer, HourState> profiles,
        List<FlameFile> hours,
        List<FlameFile> files) {
      PartitionVersion version = PartitionVersion.EMPTY;
      for (HourState state : profiles.values()) {
        version = version.plus(state.version());
      }

      Coverage made = Coverage.byPeriod(files).get(day);
      if (Coverage.isUpToDate(made, version)
          || (version.rows() > 0 && !isClosed(FlamePeriod.DAY, day))) {
        return;
      }

      SortedMap<Integer, PartitionVersion> versions = versionsOf(profiles);
      if (Coverage.isExactly(versions, hours)
          && attempts.mayTry(new Attempts.Subject(FlamePeriod.DAY, tenant, day, version), now)) {
        addTask(day, new DailyRollUp(tenant, day, versions, version));
      }
    }

    private static SortedMap<Integer, PartitionVersion> versionsOf(
        SortedMap<Integer, HourState> profiles) {
      SortedMap<Integer, PartitionVersion> versions = new TreeMap<>();
      profiles.forEach(
          (hour, state) -> {
            if (state.version().rows() > 0) {
              versions.put(hour, state.version());
            }
          });
      return versions;
    }

    private boolean isClosed(FlamePeriod period, int number) {
      Instant end = Instant.EPOCH.plus(period.startMicros(number + 1), ChronoUnit.MICROS);
      Duration closedAfter = config.closedAfter();
      return !end.plus(closedAfter).isAfter(now);
    }

    private void addTask(int day, MaintenanceTask task) {
      tasksByDay.computeIfAbsent(day, any -> new ArrayList<>()).add(task);
    }
  }
}
