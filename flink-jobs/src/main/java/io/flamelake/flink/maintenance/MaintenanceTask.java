/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance;

import java.io.Serializable;

/**
 * One unit of work that ends in one or few commits of its own. It may be stopped, or run again, at
 * any point: whatever was not committed is planned again.
 */
public interface MaintenanceTask extends Serializable {

  /** Returns which planner's work it is, for example {@code compact}. */
  String kind();

  /**
   * Returns what it works on, for people: table, tenant, partition. Of two tasks with the same
   * subject only one runs at a time.
   */
  String subject();

  /**
   * Does the work. An interrupt has to end it soon.
   *
   * @param context with tables that were refreshed just now
   * @return what was done; {@link TaskResult#NOTHING} if there was nothing left to do
   */
  TaskResult run(MaintenanceContext context) throws Exception;
}
