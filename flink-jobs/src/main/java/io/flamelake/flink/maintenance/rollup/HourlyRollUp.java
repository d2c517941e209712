/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.TaskResult;
import io.flamelake.flink.sink.FlameTableRow;
import java.io.IOException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the roll-ups of some hours of one tenant and day, or removes those of hours that have no
 * profiles any more. Hours are committed one or several together, each of them completely.
 */
final class HourlyRollUp implements MaintenanceTask {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(HourlyRollUp.class);

  /** Of the files of the hours that are made and committed together, unless there is only one. */
  private static final long MAX_BYTES_TOGETHER = 256L << 20;

  private final String tenant;
  private final int day;
  private final TreeSet<Integer> hours;

  HourlyRollUp(String tenant, int day, SortedSet<Integer> hours) {
    this.tenant = tenant;
    this.day = day;
    this.hours = new TreeSet<>(hours);
  }

  @Override
  public String kind() {
    return RollUpPlanner.KIND;
  }

  @Override
  public String subject() {
    return "flame_1h " + tenant + " " + LocalDate.ofEpochDay(day);
  }

  @Override
  public TaskResult run(MaintenanceContext context) throws Exception {
    if (day < RollUpPlanner.firstDay(context, tenant)) {
      return TaskResult.NOTHING;
    }

    SortedMap<Integer, HourInput> inputs = due(context);
    TaskResult result = TaskResult.NOTHING;
    while (!inputs.isEmpty()) {
      SortedMap<Integer, HourInput> together = takeFirst(inputs);
      result = result.plus(makeAllPossible(context, together));
      context.tables().flame1h().refresh();
    }

    return result;
  }

  /** Returns the hours as they are now, without those that are made already or cannot be. */
  private SortedMap<Integer, HourInput> due(MaintenanceContext context) throws IOException {
    SortedMap<Integer, HourInput> found = HourInput.read(context.tables().profiles(), tenant, day);
    SortedMap<Integer, Coverage> made =
        Coverage.byPeriod(
            FlameDay.read(FlamePeriod.HOUR, context.tables().flame1h(), tenant, day).files());
    SortedMap<Integer, HourInput> due = new TreeMap<>();
    for (int hour : hours) {
      HourInput input = found.getOrDefault(hour, HourInput.EMPTY);
      if (!Coverage.isUpToDate(made.get(hour), input.version())
          && !input.state().rowLevelDeletes()) {
        due.put(hour, input);
      }
    }

    return due;
  }

  private static SortedMap<Integer, HourInput> takeFirst(SortedMap<Integer, HourInput> inputs) {
    SortedMap<Integer, HourInput> taken = new TreeMap<>();
    long bytes = 0;
    for (Map.Entry<Integer, HourInput> input : inputs.entrySet()) {
      bytes += input.getValue().bytes();
      if (bytes > MAX_BYTES_TOGETHER && !taken.isEmpty()) {
        break;
      }

      taken.put(input.getKey(), input.getValue());
    }

    inputs.keySet().removeAll(taken.keySet());
    return taken;
  }

  private TaskResult makeAllPossible(
      MaintenanceContext context, SortedMap<Integer, HourInput> inputs) throws Exception {
    TaskResult skipped = TaskResult.NOTHING;
    while (!inputs.isEmpty()) {
      FlameWriter writer = new FlameWriter(FlamePeriod.HOUR, context, tenant, day);
      FlameDay before = FlameDay.read(FlamePeriod.HOUR, context.tables().flame1h(), tenant, day);
      List<FlameFile> replaced = before.filesOf(inputs.keySet());
      long rows;
      try {
        rows = make(context, inputs, writer);
        keepOthers(context, replaced, inputs.keySet(), writer);
      } catch (UnmadeHoursException e) {
        writer.discard();
        e.hours().forEach(inputs::remove);
        LOG.warn(
            "Hours {} of tenant {} on {} are not rolled up: {}",
            e.hours().stream().map(hour -> hour - FlamePeriod.HOURS_PER_DAY * day).toList(),
            tenant,
            LocalDate.ofEpochDay(day),
            e.getMessage());
        skipped = skipped.plus(new TaskResult(Map.of(TaskResult.SKIPPED, (long) e.hours().size())));
        continue;
      } catch (Exception e) {
        writer.discard();
        throw e;
      }

      return skipped.plus(before.replace(context, replaced, writer, rows, inputs.size()));
    }

    return skipped;
  }

  /** Writes the new rows and returns how many they are. */
  private long make(
      MaintenanceContext context, SortedMap<Integer, HourInput> inputs, FlameWriter writer)
      throws Exception {
    SortedMap<Integer, HourInput> withProfiles = new TreeMap<>(inputs);
    withProfiles.values().removeIf(input -> input.version().rows() == 0);
    if (!withProfiles.isEmpty()) {
      new HourTrees(
              context.tables(), tenant, day, withProfiles, context.config().rollUpMemoryBytes())
          .make(writer::add);
    }

    return writer.rowCount();
  }

  /** Writes the rows of other hours again that lie in files with stale ones. */
  private static void keepOthers(
      MaintenanceContext context, List<FlameFile> replaced, Set<Integer> stale, FlameWriter writer)
      throws Exception {
    RowFiles<FlameTableRow> flames = FlameDay.wholeRows(FlamePeriod.HOUR, context.tables());
    for (FlameFile file : replaced) {
      flames.forEach(
          file.file(),
          row -> {
            if (!stale.contains(FlamePeriod.HOUR.ofTime(row.timeMicros()))) {
              writer.add(row);
            }
          });
    }
  }
}
