/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

/** A flag that a client's disconnect or a time limit sets and that scans look at as they go. */
public final class QueryCancellation {
  private volatile boolean cancelled;

  public void cancel() {
    this.cancelled = true;
  }

  public boolean isCancelled() {
    return cancelled;
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
