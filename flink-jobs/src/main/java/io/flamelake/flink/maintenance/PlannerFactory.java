/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance;

import java.io.Serializable;
import java.util.List;

/** Makes planners where they are used, because only their settings travel with the job graph. */
@FunctionalInterface
public interface PlannerFactory extends Serializable {

  /** Returns planners in the order in which a run that ends goes through them. */
  List<ScheduledPlanner> newPlanners(MaintenanceConfig config);
}
