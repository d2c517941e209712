/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import io.flamelake.flink.maintenance.TaskKind;
import io.flamelake.flink.maintenance.report.LastRuns;
import io.flamelake.flink.maintenance.report.MaintenanceFigure;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;

/** Shows the figures of maintenance, kind by kind, among those of the process. */
final class MaintenanceMeters {
  private static final String KIND = "kind";

  private MaintenanceMeters() {}

  static void bind(LastRuns runs, MeterRegistry registry) {
    for (MaintenanceFigure figure : MaintenanceFigure.values()) {
      for (TaskKind kind : TaskKind.values()) {
        bind(figure, kind.kindName(), runs, registry);
      }
    }
  }

  private static void bind(
      MaintenanceFigure figure, String kind, LastRuns runs, MeterRegistry registry) {
    if (figure.isCounter()) {
      FunctionCounter.builder(figure.metricName(), runs, source -> figure.of(source.of(kind)))
          .description(figure.description())
          .tag(KIND, kind)
          .register(registry);
    } else {
      Gauge.builder(figure.metricName(), runs, source -> figure.of(source.of(kind)))
          .description(figure.description())
          .tag(KIND, kind)
          .register(registry);
    }
  }
}
