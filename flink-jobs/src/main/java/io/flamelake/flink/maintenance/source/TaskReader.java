/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.source;

import io.flamelake.flink.maintenance.MaintenanceConfig;
import io.flamelake.flink.maintenance.TaskOutcome;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.core.io.InputStatus;
import org.jspecify.annotations.Nullable;

/** Runs one task at a time on a thread of its own; Flink's thread only ever looks for outcomes. */
final class TaskReader implements SourceReader<TaskOutcome, NoSplit> {

  private final SourceReaderContext context;
  private final TaskThread thread;

  // Guarded by this.
  private final Queue<TaskOutcome> outcomes = new ArrayDeque<>();
  private CompletableFuture<Void> available = new CompletableFuture<>();
  private boolean isBusy;
  private boolean isLast;

  TaskReader(SourceReaderContext context, MaintenanceConfig config) {
    this.context = context;
    this.thread =
        new TaskThread(config, context.getUserCodeClassLoader().asClassLoader(), this::ended);
  }

  @Override
  public void start() {
    context.sendSplitRequest();
  }

  @Override
  public synchronized void handleSourceEvents(SourceEvent event) {
    if (!(event instanceof RunTask order)) {
      throw new IllegalArgumentException("Source event: " + event);
    }

    isBusy = true;
    thread.run(order);
  }

  private synchronized void ended(TaskOutcome outcome) {
    outcomes.add(outcome);
    available.complete(null);
  }

  @Override
  public InputStatus pollNext(ReaderOutput<TaskOutcome> output) {
    TaskOutcome outcome = poll();
    if (outcome == null) {
      return isEnd() ? InputStatus.END_OF_INPUT : InputStatus.NOTHING_AVAILABLE;
    }

    output.collect(outcome);
    context.sendSourceEventToCoordinator(new TaskEnded(outcome));
    context.sendSplitRequest();
    return InputStatus.NOTHING_AVAILABLE;
  }

  private synchronized @Nullable TaskOutcome poll() {
    TaskOutcome outcome = outcomes.poll();
    if (outcome != null) {
      isBusy = false;
    }

    if (available.isDone() && outcomes.isEmpty() && !isEnd()) {
      available = new CompletableFuture<>();
    }

    return outcome;
  }

  private synchronized boolean isEnd() {
    return isLast && !isBusy;
  }

  @Override
  public synchronized CompletableFuture<Void> isAvailable() {
    return available;
  }

  @Override
  public void addSplits(List<NoSplit> splits) {
    throw new IllegalArgumentException("Splits: " + splits + " (expected: tasks as events)");
  }

  @Override
  public synchronized void notifyNoMoreSplits() {
    isLast = true;
    available.complete(null);
  }

  @Override
  public List<NoSplit> snapshotState(long checkpointId) {
    return List.of();
  }

  @Override
  public void close() throws InterruptedException {
    thread.close();
  }
}
