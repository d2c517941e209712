/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.TenantId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Threads for work that costs time, shared fairly between tenants: whatever one has waiting,
 * another's task begins after one task of each at most. When too many tasks wait, the last one of
 * the tenant who has the most is refused.
 */
public final class TenantWorkers implements AutoCloseable {

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final int capacity;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // Guarded by lock.
  private final TenantQueue<Task> queue = new TenantQueue<>();
  private boolean closed;

  /** Starts threads, which do not keep the process alive. */
  public TenantWorkers(String threadName, int threads, int capacity) {
    if (threads < 1 || capacity < 1) {
      throw new IllegalArgumentException(
          "threads: " + threads + ", capacity: " + capacity + " (expected: >= 1)");
    }

    this.capacity = capacity;
    for (int i = 0; i < threads; i++) {
      Thread thread = new Thread(this::run, threadName + "-" + i);
      thread.setDaemon(true);
      thread.start();
    }
  }

  /**
   * Runs a task when it is the tenant's turn.
   *
   * @param bytes what the task works on: tenants get the same number of them, not of tasks
   * @return fails as the task does, or with {@link RpcException} {@code unavailable} if the task
   *     was refused
   */
  public <T> CompletableFuture<T> submit(TenantId tenant, long bytes, Supplier<T> work) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Task task =
        new Task(
            () -> {
              try {
                result.complete(work.get());
              } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
              }
            },
            result);
    Task refused = enqueue(tenant, bytes, task);
    if (refused != null) {
      refused.refuse("Too many profiles are waiting");
    }

    return result;
  }

  /** Ends the threads after the tasks that they have begun; the others are refused. */
  @Override
  public void close() {
    List<Task> left = new ArrayList<>();
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
      for (Task task = queue.poll(); task != null; task = queue.poll()) {
        left.add(task);
      }
    } finally {
      lock.unlock();
    }

    left.forEach(TenantWorkers::refuseAtEnd);
  }

  /** Returns the task that has no place, which need not be the new one. */
  private @Nullable Task enqueue(TenantId tenant, long bytes, Task task) {
    requireNonNull(tenant, "tenant");
    lock.lock();
    try {
      if (!closed) {
        queue.add(tenant, bytes, task);
        changed.signal();
        return queue.size() > capacity ? queue.removeFromLongest() : null;
      }
    } finally {
      lock.unlock();
    }

    refuseAtEnd(task);
    return null;
  }

  private void run() {
    for (Task task = next(); task != null; task = next()) {
      task.work.run();
    }
  }

  private @Nullable Task next() {
    lock.lock();
    try {
      while (!closed) {
        Task task = queue.poll();
        if (task != null) {
          return task;
        }

        changed.awaitUninterruptibly();
      }

      return null;
    } finally {
      lock.unlock();
    }
  }

  private static void refuseAtEnd(Task task) {
    task.refuse("The server is shutting down");
  }

  private record Task(Runnable work, CompletableFuture<?> result) {

    void refuse(String reason) {
      result.completeExceptionally(RpcException.unavailable(reason, RETRY_AFTER));
    }
  }
}
