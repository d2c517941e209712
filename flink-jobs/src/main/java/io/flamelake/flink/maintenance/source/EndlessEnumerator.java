/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.source;

import io.flamelake.flink.maintenance.ScheduledPlanner;
import io.flamelake.flink.maintenance.TaskOutcome;
import io.flamelake.flink.maintenance.TaskOutcome.Ending;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.util.ExceptionUtils;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks at every interval for what is due. */
final class EndlessEnumerator extends TaskEnumerator {

  private static final Logger LOG = LoggerFactory.getLogger(EndlessEnumerator.class);

  private final Duration interval;
  private @Nullable String otherRun;

  EndlessEnumerator(SplitEnumeratorContext<NoSplit> context, Planning planning, Duration interval) {
    super(context, planning);
    this.interval = interval;
  }

  @Override
  void startPlanning() {
    context().callAsync(planning()::planDue, this::planned, 0, interval.toMillis());
  }

  private void planned(@Nullable Plan plan, @Nullable Throwable failure) {
    Instant now = Instant.now();
    if (plan == null && isInterrupt(failure)) {
      LOG.debug("The job ends while it plans", failure);
      return;
    }

    if (plan == null) {
      LOG.warn("Nothing could be planned, next try in {}", interval, failure);
      for (ScheduledPlanner planner : planning().planners()) {
        report(planner.kind()).planFailed(now, String.valueOf(failure));
      }

      return;
    }

    noteOtherRun(plan.otherRun());
    plan.errors().forEach((kind, error) -> report(kind).planFailed(now, error));
    plan.tasks()
        .forEach(
            (kind, tasks) -> {
              report(kind).planned(now, tasks.size());
              offer(plan.run(), kind, tasks);
            });
  }

  private static boolean isInterrupt(@Nullable Throwable failure) {
    return failure != null
        && ExceptionUtils.findThrowable(failure, InterruptedException.class).isPresent();
  }

  private void noteOtherRun(@Nullable String run) {
    if (run != null) {
      queue().clear();
      if (!run.equals(otherRun)) {
        LOG.info("Maintenance pauses while run {} keeps the tables", run);
      }
    } else if (otherRun != null) {
      LOG.info("Maintenance goes on after run {}", otherRun);
    }

    otherRun = run;
  }

  @Override
  void taskEnded(TaskOutcome outcome) {
    if (outcome.ending() == Ending.CLAIM_LOST) {
      // The others would lose theirs as well; the next plan says whether to go on.
      queue().clear();
    }
  }
}
