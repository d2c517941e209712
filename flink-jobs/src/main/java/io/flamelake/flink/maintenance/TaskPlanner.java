/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance;

import java.util.List;

/** Finds out from the tables and the segment log what is due. Keeps nothing that it needs. */
@FunctionalInterface
public interface TaskPlanner {

  /**
   * Returns tasks that may run in any order and at the same time, the most urgent one first; none
   * if nothing is due.
   *
   * @param context with tables that were refreshed just now
   */
  List<? extends MaintenanceTask> plan(MaintenanceContext context) throws Exception;
}
