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

/**
 * Looks for tables with files that no snapshot refers to. Lists all files and reads all manifests,
 * so it is to be asked rarely.
 */
public final class OrphanRemovalPlanner implements TaskPlanner {

  @Override
  public List<MaintenanceTask> plan(MaintenanceContext context) {
    List<MaintenanceTask> due = new ArrayList<>();
    for (LakeTable table : LakeTable.values()) {
      if (!Orphans.find(table, context).isEmpty()) {
        due.add(new OrphanRemoval(table));
      }
    }

    return due;
  }
}
