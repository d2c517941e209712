/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import java.io.InterruptedIOException;

/** Ends long work of a thread that was interrupted. */
final class Interruption {

  private Interruption() {}

  /** Throws if the thread was interrupted, which it stays. */
  static void check() throws InterruptedIOException {
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("Interrupted while rewriting files");
    }
  }
}
