/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.report;

import io.flamelake.flink.maintenance.TaskOutcome;
import java.time.Instant;
import org.apache.flink.metrics.MetricGroup;

/** Keeps what is known of one kind while a job runs. Thread-safe. */
public final class KindReport {

  private static final String PLAN = "plan";

  private LastRun state;

  private KindReport(String kind) {
    this.state = LastRun.never(kind);
  }

  /** Begins a report, and shows its figures among the metrics of the job, labelled by kind. */
  public static KindReport register(String kind, MetricGroup metrics) {
    KindReport report = new KindReport(kind);
    MetricGroup group = metrics.addGroup("kind", kind);
    for (MaintenanceFigure figure : MaintenanceFigure.values()) {
      group.gauge(figure.metricName(), new FigureGauge(report, figure));
    }

    return report;
  }

  public synchronized void planned(Instant at, int due) {
    state = state.planned(at, due);
  }

  public synchronized void planFailed(Instant at, String error) {
    state = state.planFailed(new LastRun.Failure(at, PLAN, error));
  }

  public synchronized void ended(TaskOutcome outcome) {
    state = state.ended(outcome);
  }

  public synchronized LastRun lastRun() {
    return state;
  }
}
