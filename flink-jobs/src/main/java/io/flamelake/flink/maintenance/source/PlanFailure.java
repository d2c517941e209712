/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.source;

import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.TaskResult;

/**
 * Stands in for tasks that could not be planned, so that the failure is told as theirs would be.
 */
record PlanFailure(String kind, String error) implements MaintenanceTask {

  private static final long serialVersionUID = 1L;

  @Override
  public String subject() {
    return "plan";
  }

  @Override
  public TaskResult run(MaintenanceContext context) {
    throw new IllegalStateException("Nothing could be planned: " + error);
  }
}
