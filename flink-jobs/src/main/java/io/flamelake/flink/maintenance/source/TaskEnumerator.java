/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.source;

import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.TaskOutcome;
import io.flamelake.flink.maintenance.report.KindReport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deals tasks out to readers that are free; when to plan is for the subclasses to say. Planning is
 * Flink's worker thread's, everything else the coordinator's.
 */
abstract class TaskEnumerator implements SplitEnumerator<NoSplit, NoState> {

  private static final Logger LOG = LoggerFactory.getLogger(TaskEnumerator.class);

  private final SplitEnumeratorContext<NoSplit> context;
  private final Planning planning;
  private final TaskQueue queue = new TaskQueue();
  private final TreeSet<Integer> freeReaders = new TreeSet<>();
  private final Map<String, KindReport> reports = new HashMap<>();
  private String run = "";

  TaskEnumerator(SplitEnumeratorContext<NoSplit> context, Planning planning) {
    this.context = context;
    this.planning = planning;
  }

  final SplitEnumeratorContext<NoSplit> context() {
    return context;
  }

  final Planning planning() {
    return planning;
  }

  final TaskQueue queue() {
    return queue;
  }

  /** Begins to plan. */
  abstract void startPlanning();

  /** Hears of a task that has ended, after its reader was set free. */
  abstract void taskEnded(TaskOutcome outcome);

  @Override
  public final void start() {
    planning.planners().forEach(planner -> report(planner.kind()));
    startPlanning();
  }

  /** Puts tasks in the queue, in place of those of their kind that wait, and deals out. */
  final void offer(String ofRun, String kind, List<? extends MaintenanceTask> tasks) {
    run = ofRun;
    queue.replace(kind, tasks);
    deal();
  }

  final KindReport report(String kind) {
    return reports.computeIfAbsent(kind, name -> KindReport.register(name, context.metricGroup()));
  }

  private void deal() {
    for (int reader : List.copyOf(freeReaders)) {
      MaintenanceTask task = queue.take(reader);
      if (task == null) {
        return;
      }

      freeReaders.remove(reader);
      context.sendEventToSourceReader(reader, new RunTask(run, task));
    }
  }

  @Override
  public void handleSplitRequest(int reader, @Nullable String hostname) {
    freeReaders.add(reader);
    deal();
  }

  @Override
  public final void handleSourceEvent(int reader, SourceEvent event) {
    if (!(event instanceof TaskEnded ended)) {
      throw new IllegalArgumentException("Source event: " + event);
    }

    TaskOutcome outcome = ended.outcome();
    queue.ended(reader);
    report(outcome.kind()).ended(outcome);
    taskEnded(outcome);
  }

  @Override
  public final void addSplitsBack(List<NoSplit> none, int reader) {
    // The reader has failed, and its task with it.
    freeReaders.remove(reader);
    queue.ended(reader);
  }

  @Override
  public void addReader(int reader) {
    // It asks for a task itself.
  }

  @Override
  public final NoState snapshotState(long checkpointId) {
    return NoState.INSTANCE;
  }

  @Override
  public final void close() {
    try (planning) {
      planning.release();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warn("Other runs will wait, because the claim on the tables was not released", e);
    }
  }
}
