/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import io.flamelake.catalog.PartitionVersion;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.TaskResult;
import java.time.LocalDate;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the roll-up of one tenant and day from those of its hours, or removes it if the day has no
 * profiles any more.
 */
final class DailyRollUp implements MaintenanceTask {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(DailyRollUp.class);

  private final String tenant;
  private final int day;
  private final TreeMap<Integer, PartitionVersion> hours;
  private final PartitionVersion version;

  /**
   * @param hours the versions of the hours that have profiles
   * @param version of the whole day
   */
  DailyRollUp(
      String tenant,
      int day,
      SortedMap<Integer, PartitionVersion> hours,
      PartitionVersion version) {
    this.tenant = tenant;
    this.day = day;
    this.hours = new TreeMap<>(hours);
    this.version = version;
  }

  @Override
  public String kind() {
    return RollUpPlanner.KIND;
  }

  @Override
  public String subject() {
    return "flame_1d " + tenant + " " + LocalDate.ofEpochDay(day);
  }

  @Override
  public TaskResult run(MaintenanceContext context) throws Exception {
    FlameDay made = FlameDay.read(FlamePeriod.DAY, context.tables().flame1d(), tenant, day);
    FlameDay ofHours = FlameDay.read(FlamePeriod.HOUR, context.tables().flame1h(), tenant, day);
    Coverage before = Coverage.byPeriod(made.files()).get(day);
    if (day < RollUpPlanner.firstDay(context, tenant)
        || Coverage.isUpToDate(before, version)
        || !Coverage.isExactly(hours, ofHours.files())) {
      return TaskResult.NOTHING;
    }

    FlameWriter writer = new FlameWriter(FlamePeriod.DAY, context, tenant, day);
    if (!write(context, ofHours, writer)) {
      writer.discard();
      LOG.warn(
          "Tenant {} on {} is not rolled up: a tree does not fit into memory",
          tenant,
          LocalDate.ofEpochDay(day));
      return new TaskResult(Map.of(TaskResult.SKIPPED, 1L));
    }

    return made.replace(context, made.files(), writer, writer.rowCount(), 1);
  }

  private boolean write(MaintenanceContext context, FlameDay ofHours, FlameWriter writer)
      throws Exception {
    DayTrees trees =
        new DayTrees(
            FlameDay.wholeRows(FlamePeriod.HOUR, context.tables()),
            ofHours.files(),
            context.config().rollUpMemoryBytes());
    try {
      return trees.make(tenant, day, version, writer::add);
    } catch (Exception e) {
      writer.discard();
      throw e;
    }
  }
}
