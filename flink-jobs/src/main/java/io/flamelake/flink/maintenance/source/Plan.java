/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.source;

import io.flamelake.flink.maintenance.MaintenanceTask;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What planners said.
 *
 * @param run that the tasks are to be part of
 * @param tasks by kind, of the planners that were asked and did not fail
 * @param errors by kind, of those that failed
 * @param otherRun another run that keeps the tables at this time, so that nothing was planned
 */
record Plan(
    String run,
    Map<String, List<? extends MaintenanceTask>> tasks,
    Map<String, String> errors,
    @Nullable String otherRun) {}
