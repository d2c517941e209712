/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * A planner and how often it is asked.
 *
 * @param kind of all its tasks
 * @param interval the shortest time between two plans
 */
public record ScheduledPlanner(String kind, Duration interval, TaskPlanner planner) {

  public ScheduledPlanner {
    requireNonNull(kind, "kind");
    requireNonNull(interval, "interval");
    requireNonNull(planner, "planner");
  }
}
