/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.TaskPlanner;
import io.flamelake.flink.sink.LakeTable;
import io.flamelake.segment.LaneId;
import java.util.List;

/** Looks for segments and lanes that the tables are past. Lists the whole segment log. */
public final class SegmentRemovalPlanner implements TaskPlanner {

  @Override
  public List<MaintenanceTask> plan(MaintenanceContext context) {
    List<LaneId> lanes = context.log().lanes();
    context.tables().refresh();
    LaneLeftovers leftovers = new LaneLeftovers(context);
    boolean isDue =
        lanes.stream().anyMatch(lane -> !leftovers.of(lane).isNothing())
            || LakeTable.INGESTED.stream()
                .map(table -> table.in(context.tables()))
                .anyMatch(table -> !ForgottenLanes.in(table, lanes, context).isEmpty());
    return isDue ? List.of(new SegmentRemoval()) : List.of();
  }
}
