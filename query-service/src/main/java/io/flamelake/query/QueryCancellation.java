/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import java.util.ArrayList;
import java.util.List;

/**
 * A flag that a client's disconnect or a time limit sets. Scans look at it as they go; what waits
 * for another process asks to be told.
 */
public final class QueryCancellation {
  private final List<Runnable> actions = new ArrayList<>();
  private volatile boolean cancelled;

  /** An action that waits for the cancellation; closing it makes it wait no longer. */
  @FunctionalInterface
  public interface Registration extends AutoCloseable {
    @Override
    void close();
  }

  public void cancel() {
    List<Runnable> due;
    synchronized (actions) {
      this.cancelled = true;
      due = List.copyOf(actions);
      actions.clear();
    }

    due.forEach(Runnable::run);
  }

  public boolean isCancelled() {
    return cancelled;
  }

  /**
   * Runs an action when the query is cancelled, at once if it already is.
   *
   * @param action runs once, on the thread that cancels, which it must not block
   */
  public Registration onCancel(Runnable action) {
    synchronized (actions) {
      if (!cancelled) {
        actions.add(action);
        return () -> remove(action);
      }
    }

    action.run();
    return () -> {};
  }

  private void remove(Runnable action) {
    synchronized (actions) {
      actions.remove(action);
    }
  }

  /**
   * @throws QueryCancelledException if cancelled
   */
  public void check() {
    if (cancelled) {
      throw new QueryCancelledException();
    }
  }
}
