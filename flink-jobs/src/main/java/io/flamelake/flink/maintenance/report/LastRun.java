/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.report;

import static java.util.Objects.requireNonNull;

import io.flamelake.flink.maintenance.TaskOutcome;
import io.flamelake.flink.maintenance.TaskResult;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one kind of task since the process started.
 *
 * @param plannedAt when it was last looked for what is due
 * @param due how many tasks were due then
 * @param last the task that ended last
 * @param lastFailure the failure that was last, of a task or of a plan
 * @param lastSuccess when a task last succeeded, or nothing was due
 * @param tasks that ended, failed ones too
 * @param failures of tasks and plans
 * @param busy the sum of the durations of tasks
 * @param totals the sums of what tasks did
 */
public record LastRun(
    String kind,
    @Nullable Instant plannedAt,
    int due,
    @Nullable TaskOutcome last,
    @Nullable Failure lastFailure,
    @Nullable Instant lastSuccess,
    long tasks,
    long failures,
    Duration busy,
    TaskResult totals) {

  /** What failed and why. */
  public record Failure(Instant at, String subject, String error) {
    public Failure {
      requireNonNull(at, "at");
      requireNonNull(subject, "subject");
      requireNonNull(error, "error");
    }
  }

  public LastRun {
    requireNonNull(kind, "kind");
    requireNonNull(busy, "busy");
    requireNonNull(totals, "totals");
  }

  /** Returns that of a kind that has never been looked at. */
  public static LastRun never(String kind) {
    return new LastRun(kind, null, 0, null, null, null, 0, 0, Duration.ZERO, TaskResult.NOTHING);
  }

  /** Whether nothing has failed after the last success. */
  public boolean isHealthy() {
    return lastFailure == null || (lastSuccess != null && !lastSuccess.isBefore(lastFailure.at()));
  }

  LastRun planned(Instant at, int tasksDue) {
    return new LastRun(
        kind,
        at,
        tasksDue,
        last,
        lastFailure,
        tasksDue == 0 ? at : lastSuccess,
        tasks,
        failures,
        busy,
        totals);
  }

  LastRun planFailed(Failure failure) {
    return new LastRun(
        kind, failure.at(), due, last, failure, lastSuccess, tasks, failures + 1, busy, totals);
  }

  LastRun ended(TaskOutcome outcome) {
    String error = outcome.error();
    Failure failure = error == null ? null : new Failure(outcome.end(), outcome.subject(), error);
    return new LastRun(
        kind,
        plannedAt,
        due,
        outcome,
        failure == null ? lastFailure : failure,
        failure == null ? outcome.end() : lastSuccess,
        tasks + 1,
        failures + (failure == null ? 0 : 1),
        busy.plus(outcome.duration()),
        totals.plus(outcome.result()));
  }

  /** Returns this with what was counted and seen before. */
  LastRun after(LastRun earlier) {
    return new LastRun(
        kind,
        plannedAt == null ? earlier.plannedAt : plannedAt,
        plannedAt == null ? earlier.due : due,
        last == null ? earlier.last : last,
        lastFailure == null ? earlier.lastFailure : lastFailure,
        lastSuccess == null ? earlier.lastSuccess : lastSuccess,
        tasks + earlier.tasks,
        failures + earlier.failures,
        busy.plus(earlier.busy),
        totals.plus(earlier.totals));
  }
}
