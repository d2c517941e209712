/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.source;

import io.flamelake.flink.maintenance.MaintenanceConfig;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.TaskOutcome;
import io.flamelake.flink.maintenance.TaskOutcome.Ending;
import io.flamelake.flink.maintenance.TaskResult;
import io.flamelake.flink.maintenance.commit.ClaimLostException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that a reader's tasks run on, with the catalog and the store that they use. */
final class TaskThread implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TaskThread.class);

  private static final Duration MAX_STOP = Duration.ofSeconds(10);

  private final MaintenanceConfig config;
  private final Consumer<TaskOutcome> outcomes;
  private final ExecutorService executor;

  /** Only ever seen by the thread. */
  private @Nullable OpenLake lake;

  private volatile boolean isClosed;

  /** Of the task that was ordered last; Flink's thread orders and closes. */
  private Future<?> current = CompletableFuture.completedFuture(null);

  TaskThread(MaintenanceConfig config, ClassLoader classes, Consumer<TaskOutcome> outcomes) {
    this.config = config;
    this.outcomes = outcomes;
    this.executor =
        Executors.newSingleThreadExecutor(
            work -> {
              Thread thread = new Thread(work, "maintenance-task");
              thread.setContextClassLoader(classes);
              // A task that does not heed its interrupt must not keep the process from ending.
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Runs a task; its outcome is told on the thread that ran it. */
  void run(RunTask order) {
    current = executor.submit(() -> runNow(order));
  }

  private void runNow(RunTask order) {
    Instant start = Instant.now();
    long startNanos = System.nanoTime();
    MaintenanceTask task = order.task();
    Ending ending = Ending.DONE;
    TaskResult result = TaskResult.NOTHING;
    String error = null;
    try {
      OpenLake open = lake(order.run());
      result = task.run(open.refreshed());
      open.clearTemporary();
    } catch (ClaimLostException e) {
      LOG.info("Given up: {} of {}: {}", task.kind(), task.subject(), e.getMessage());
      ending = Ending.CLAIM_LOST;
    } catch (Throwable e) { // Errors too: one broken task must not end all others.
      if (isClosed) {
        LOG.info("Stopped: {} of {}", task.kind(), task.subject());
        return;
      }

      LOG.warn("Failed: {} of {}", task.kind(), task.subject(), e);
      ending = Ending.FAILED;
      error = e.toString();
    }

    Duration duration = Duration.ofNanos(System.nanoTime() - startNanos);
    if (result.isEffective()) {
      LOG.info(
          "Done: {} of {} in {} ms: {}",
          task.kind(),
          task.subject(),
          duration.toMillis(),
          result.counts());
    }

    outcomes.accept(
        new TaskOutcome(
            task.kind(), task.subject(), order.run(), start, duration, ending, result, error));
  }

  private OpenLake lake(String run) throws Exception {
    OpenLake open = lake;
    if (open != null && open.run().equals(run)) {
      return open;
    }

    closeLake();
    OpenLake opened = OpenLake.openRun(config, run);
    lake = opened;
    return opened;
  }

  private void closeLake() {
    OpenLake open = lake;
    lake = null;
    if (open != null) {
      open.close();
    }
  }

  /** Interrupts the task that runs, and waits a while for its end. */
  @Override
  public void close() throws InterruptedException {
    isClosed = true;
    current.cancel(true);
    executor.execute(this::closeLake);
    executor.shutdown();
    if (!executor.awaitTermination(MAX_STOP.toMillis(), TimeUnit.MILLISECONDS)) {
      LOG.warn("A maintenance task goes on {} after its interrupt", MAX_STOP);
    }
  }
}
