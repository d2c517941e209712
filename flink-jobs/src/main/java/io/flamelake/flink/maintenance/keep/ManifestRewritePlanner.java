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

/** Looks for tables whose files are listed in many small manifests. */
public final class ManifestRewritePlanner implements TaskPlanner {

  @Override
  public List<MaintenanceTask> plan(MaintenanceContext context) {
    List<MaintenanceTask> due = new ArrayList<>();
    for (LakeTable table : LakeTable.values()) {
      if (SmallManifests.of(table.in(context.tables())).areTooMany()) {
        due.add(new ManifestRewrite(table));
      }
    }

    return due;
  }
}
