/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.TaskPlanner;
import java.util.List;

/** Takes every deletion request that is not done a step further. */
public final class DeletionPlanner implements TaskPlanner {

  @Override
  public List<DeletionTask> plan(MaintenanceContext context) {
    return new DeletionStore(context.store()).openIds().stream().map(DeletionTask::new).toList();
  }
}
