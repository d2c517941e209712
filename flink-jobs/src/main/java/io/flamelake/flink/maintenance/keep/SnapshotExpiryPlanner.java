/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.TaskPlanner;
import io.flamelake.flink.sink.LakeTable;
import java.util.ArrayList;
import java.util.List;

/** Looks for tables with snapshots that are old enough to go. */
public final class SnapshotExpiryPlanner implements TaskPlanner {

  @Override
  public List<MaintenanceTask> plan(MaintenanceContext context) {
    List<MaintenanceTask> due = new ArrayList<>();
    for (LakeTable table : LakeTable.values()) {
      SnapshotHistory history = SnapshotHistory.of(table.in(context.tables()));
      if (history.hasSnapshotsBefore(SnapshotExpiry.cutoff(context))) {
        due.add(new SnapshotExpiry(table));
      }
    }

    return due;
  }
}
