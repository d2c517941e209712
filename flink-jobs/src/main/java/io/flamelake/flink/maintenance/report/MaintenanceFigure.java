/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.report;

import io.flamelake.flink.maintenance.TaskResult;
import java.time.Instant;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** What maintenance counts by kind; the names are those of the metrics on every Flink reporter. */
public enum MaintenanceFigure {
  TASKS("flamelake_maintenance_tasks_total", "Tasks that ended", LastRun::tasks),
  FAILURES(
      "flamelake_maintenance_failures_total", "Tasks and plans that failed", LastRun::failures),
  TASK_SECONDS(
      "flamelake_maintenance_task_seconds_total",
      "Time that tasks took",
      run -> run.busy().toMillis() / 1e3),
  FILES_IN("flamelake_maintenance_files_in_total", "Files read", TaskResult.FILES_IN),
  FILES_OUT("flamelake_maintenance_files_out_total", "Files written", TaskResult.FILES_OUT),
  BYTES_IN("flamelake_maintenance_bytes_in_total", "Bytes of files read", TaskResult.BYTES_IN),
  BYTES_OUT(
      "flamelake_maintenance_bytes_out_total", "Bytes of files written", TaskResult.BYTES_OUT),
  ROWS("flamelake_maintenance_rows_total", "Rows that tasks went through", TaskResult.ROWS),
  DELETED_FILES(
      "flamelake_maintenance_deleted_files_total",
      "Files and objects deleted from the store",
      TaskResult.DELETED_FILES),
  DELETED_BYTES(
      "flamelake_maintenance_deleted_bytes_total",
      "Bytes of files and objects deleted from the store",
      TaskResult.DELETED_BYTES),
  SKIPPED(
      "flamelake_maintenance_skipped_total",
      "Units of work left for later, for instance because another commit came first",
      TaskResult.SKIPPED),
  DUE("flamelake_maintenance_due_tasks", "Tasks that were due at the last look", LastRun::due),
  LAST_PLAN(
      "flamelake_maintenance_last_plan_timestamp_seconds",
      "When it was last looked for what is due, in seconds since the epoch",
      run -> seconds(run.plannedAt())),
  LAST_SUCCESS(
      "flamelake_maintenance_last_success_timestamp_seconds",
      "When a task last succeeded or nothing was due, in seconds since the epoch",
      run -> seconds(run.lastSuccess())),
  LAST_SECONDS(
      "flamelake_maintenance_last_task_seconds",
      "Time that the last task took",
      run -> run.last() == null ? 0 : run.last().duration().toMillis() / 1e3);

  private static final String COUNTER_SUFFIX = "_total";

  private final String metricName;
  private final String description;
  private final ToDoubleFunction<LastRun> figure;

  MaintenanceFigure(String metricName, String description, ToDoubleFunction<LastRun> figure) {
    this.metricName = metricName;
    this.description = description;
    this.figure = figure;
  }

  MaintenanceFigure(String metricName, String description, String count) {
    this(metricName, description, run -> run.totals().count(count));
  }

  public String metricName() {
    return metricName;
  }

  public String description() {
    return description;
  }

  /** Whether it only ever grows. */
  public boolean isCounter() {
    return metricName.endsWith(COUNTER_SUFFIX);
  }

  public double of(LastRun run) {
    return figure.applyAsDouble(run);
  }

  private static double seconds(@Nullable Instant instant) {
    return instant == null ? 0 : instant.toEpochMilli() / 1e3;
  }
}
