/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.source;

import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.ScheduledPlanner;
import io.flamelake.flink.maintenance.TaskOutcome;
import io.flamelake.flink.maintenance.TaskOutcome.Ending;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes through the planners one after the other. Each is asked again after its tasks have ended,
 * until nothing is due but what failed or had no effect before.
 */
final class BoundedEnumerator extends TaskEnumerator {

  private static final Logger LOG = LoggerFactory.getLogger(BoundedEnumerator.class);

  /** A subject that is still due then makes no progress, whatever its tasks say. */
  private static final int MAX_TASKS_OF_SUBJECT = 100;

  private int stage;
  private boolean isEnd;

  /** Of the stage: how many tasks were planned, by subject. */
  private final Map<String, Integer> tasksBySubject = new HashMap<>();

  /** Of the stage: subjects that are left alone. */
  private final Set<String> settled = new HashSet<>();

  BoundedEnumerator(SplitEnumeratorContext<NoSplit> context, Planning planning) {
    super(context, planning);
  }

  @Override
  void startPlanning() {
    if (stage == planning().planners().size()) {
      context().callAsync(this::release, this::end);
      return;
    }

    ScheduledPlanner planner = planning().planners().get(stage);
    context().callAsync(() -> planning().plan(List.of(planner)), this::planned);
  }

  private void planned(@Nullable Plan plan, @Nullable Throwable failure) {
    if (plan == null) {
      throw new IllegalStateException("Maintenance cannot begin", failure);
    }

    if (plan.otherRun() != null) {
      throw new IllegalStateException(
          "Another maintenance run, " + plan.otherRun() + ", has taken the tables over");
    }

    ScheduledPlanner planner = planning().planners().get(stage);
    List<MaintenanceTask> tasks = new ArrayList<>();
    plan.tasks()
        .values()
        .forEach(planned -> planned.forEach(task -> addUnlessSettled(task, tasks)));
    plan.errors().forEach((kind, error) -> addUnlessSettled(new PlanFailure(kind, error), tasks));
    report(planner.kind()).planned(Instant.now(), tasks.size());
    if (tasks.isEmpty()) {
      nextStage();
    } else {
      offer(plan.run(), planner.kind(), tasks);
    }
  }

  private void addUnlessSettled(MaintenanceTask task, List<MaintenanceTask> tasks) {
    if (settled.contains(task.subject())) {
      return;
    }

    if (tasksBySubject.merge(task.subject(), 1, Integer::sum) <= MAX_TASKS_OF_SUBJECT) {
      tasks.add(task);
    } else {
      settled.add(task.subject());
      tasks.add(
          new PlanFailure(
              task.kind(),
              task.subject() + " is still due after " + MAX_TASKS_OF_SUBJECT + " tasks"));
    }
  }

  private void nextStage() {
    stage++;
    tasksBySubject.clear();
    settled.clear();
    startPlanning();
  }

  @Override
  void taskEnded(TaskOutcome outcome) {
    if (outcome.ending() == Ending.CLAIM_LOST) {
      // The next plan says whether to go on.
      queue().clear();
    } else if (!outcome.result().isEffective()) {
      settled.add(outcome.subject());
    }

    if (queue().isEmpty()) {
      startPlanning();
    }
  }

  private boolean release() throws InterruptedException {
    planning().release();
    return true;
  }

  private void end(@Nullable Boolean released, @Nullable Throwable failure) {
    if (released == null) {
      LOG.warn("Other runs will wait, because the claim on the tables was not released", failure);
    }

    isEnd = true;
    context().registeredReaders().keySet().forEach(context()::signalNoMoreSplits);
  }

  @Override
  public void addReader(int reader) {
    if (isEnd) {
      context().signalNoMoreSplits(reader);
    }
  }
}
