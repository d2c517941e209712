/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Tells whoever waits what has been started. */
final class StartProgress {
  private final PrintStream out;
  private final long startNanos;

  /**
   * @param startNanos when the start began, as {@link System#nanoTime}
   */
  StartProgress(PrintStream out, long startNanos) {
    this.out = out;
    this.startNanos = startNanos;
  }

  /** Prints a line with the time since the start. */
  void report(String what) {
    out.printf(Locale.ROOT, "[%4.1f s] %s%n", elapsed().toMillis() / 1000.0, what);
  }

  Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startNanos);
  }
}
