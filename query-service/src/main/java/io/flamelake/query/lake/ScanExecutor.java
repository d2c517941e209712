/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.query.ProfileStoreException;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.QueryCancelledException;
import io.flamelake.query.QueryTooLargeException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks of a scan on a few threads. The calling thread is one of them, so that a query
 * advances even when all others are busy with other queries.
 */
final class ScanExecutor implements AutoCloseable {
  private final int parallelism;
  private final ExecutorService threads;

  /** What a scan does with one task. */
  @FunctionalInterface
  interface Work<T, W extends ScanWorker> {
    void run(T task, W worker) throws IOException;
  }

  ScanExecutor(int parallelism) {
    this.parallelism = parallelism;
    AtomicInteger count = new AtomicInteger();
    this.threads =
        Executors.newFixedThreadPool(
            Math.max(1, parallelism - 1),
            task -> {
              Thread thread = new Thread(task, "lake-scan-" + count.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Runs the work on all tasks, and returns the workers used. A worker belongs to one thread at a
   * time and sees tasks in their order.
   *
   * @param newWorker makes the state of one thread
   */
  <T, W extends ScanWorker> List<W> run(
      List<T> tasks, Supplier<W> newWorker, Work<T, W> work, QueryCancellation cancellation) {
    AtomicInteger next = new AtomicInteger();
    QueryCancellation failure = new QueryCancellation();
    List<W> workers = new ArrayList<>();
    List<Future<?>> futures = new ArrayList<>();
    for (int i = 1; i < Math.min(parallelism, tasks.size()); i++) {
      W worker = newWorker.get();
      workers.add(worker);
      futures.add(threads.submit(() -> runTasks(tasks, next, worker, work, cancellation, failure)));
    }

    W own = newWorker.get();
    workers.add(own);
    RuntimeException thrown = null;
    try {
      runTasks(tasks, next, own, work, cancellation, failure);
    } catch (RuntimeException e) {
      thrown = e;
    }

    for (Future<?> future : futures) {
      RuntimeException other = await(future, cancellation);
      thrown = thrown == null ? other : thrown;
    }

    workers.forEach(ScanWorker::close);
    if (thrown != null) {
      throw thrown;
    }

    return workers;
  }

  private static <T, W extends ScanWorker> void runTasks(
      List<T> tasks,
      AtomicInteger next,
      W worker,
      Work<T, W> work,
      QueryCancellation cancellation,
      QueryCancellation failure) {
    int index = next.getAndIncrement();
    while (index < tasks.size() && !failure.isCancelled()) {
      cancellation.check();
      T task = tasks.get(index);
      try {
        work.run(task, worker);
      } catch (QueryCancelledException | QueryTooLargeException | ProfileStoreException e) {
        failure.cancel();
        throw e;
      } catch (IOException | RuntimeException e) {
        failure.cancel();
        throw cannotRead(task, e);
      }

      index = next.getAndIncrement();
    }
  }

  /**
   * @param task its text names the file
   */
  static ProfileStoreException cannotRead(Object task, Exception cause) {
    return new ProfileStoreException("Cannot read " + task + ": " + cause.getMessage(), cause);
  }

  /** Waits for a thread to end, since its worker must not be touched while it runs. */
  private static @Nullable RuntimeException await(
      Future<?> future, QueryCancellation cancellation) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          future.get();
          return null;
        } catch (InterruptedException e) {
          interrupted = true;
          cancellation.cancel();
        } catch (ExecutionException e) {
          return e.getCause() instanceof RuntimeException runtime
              ? runtime
              : new IllegalStateException(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
