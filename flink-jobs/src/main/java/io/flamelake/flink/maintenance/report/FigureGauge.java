/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.report;

import org.apache.flink.metrics.Gauge;

/** One figure of a report; who is in the same process may ask for the report itself. */
public final class FigureGauge implements Gauge<Double> {

  private final KindReport report;
  private final MaintenanceFigure figure;

  FigureGauge(KindReport report, MaintenanceFigure figure) {
    this.report = report;
    this.figure = figure;
  }

  public KindReport report() {
    return report;
  }

  @Override
  public Double getValue() {
    return figure.of(report.lastRun());
  }
}
