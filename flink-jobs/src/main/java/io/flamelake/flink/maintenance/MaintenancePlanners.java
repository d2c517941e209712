/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance;

import io.flamelake.flink.maintenance.delete.DeletionPlanner;
import io.flamelake.flink.maintenance.delete.RetentionPlanner;
import io.flamelake.flink.maintenance.keep.ManifestRewritePlanner;
import io.flamelake.flink.maintenance.keep.OrphanRemovalPlanner;
import io.flamelake.flink.maintenance.keep.SegmentRemovalPlanner;
import io.flamelake.flink.maintenance.keep.SnapshotExpiryPlanner;
import io.flamelake.flink.maintenance.rewrite.CompactionPlanner;
import io.flamelake.flink.maintenance.rollup.RollUpPlanner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Every planner there is. */
public final class MaintenancePlanners {

  private MaintenancePlanners() {}

  /** Returns a planner of each kind that is not left out, at the interval that is set for it. */
  public static List<ScheduledPlanner> of(MaintenanceConfig config) {
    List<ScheduledPlanner> scheduled = new ArrayList<>();
    newPlanners()
        .forEach(
            (kind, planner) -> {
              if (!config.leftOut().contains(kind.kindName())) {
                scheduled.add(
                    new ScheduledPlanner(kind.kindName(), interval(kind, config), planner));
              }
            });
    return scheduled;
  }

  private static Map<TaskKind, TaskPlanner> newPlanners() {
    Map<TaskKind, TaskPlanner> planners = new EnumMap<>(TaskKind.class);
    planners.put(TaskKind.DELETION, new DeletionPlanner());
    planners.put(TaskKind.RETENTION, new RetentionPlanner());
    planners.put(TaskKind.COMPACT, new CompactionPlanner());
    planners.put(TaskKind.ROLL_UP, new RollUpPlanner());
    planners.put(TaskKind.EXPIRE, new SnapshotExpiryPlanner());
    planners.put(TaskKind.MANIFESTS, new ManifestRewritePlanner());
    planners.put(TaskKind.ORPHANS, new OrphanRemovalPlanner());
    planners.put(TaskKind.SEGMENTS, new SegmentRemovalPlanner());
    return planners;
  }

  private static Duration interval(TaskKind kind, MaintenanceConfig config) {
    return config.intervals().getOrDefault(kind.kindName(), kind.defaultInterval());
  }
}
