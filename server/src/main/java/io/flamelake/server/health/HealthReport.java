/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.health;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.health.LakeHealth;
import java.util.List;

/**
 * What was read at one moment.
 *
 * @param warnings what an operator should look at, a line each; empty if all is well
 */
record HealthReport(LakeHealth lake, LogHealth log, List<String> warnings) {
  HealthReport {
    requireNonNull(lake, "lake");
    requireNonNull(log, "log");
    warnings = List.copyOf(warnings);
  }
}
