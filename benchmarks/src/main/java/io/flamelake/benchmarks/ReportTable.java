/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/** The Markdown table that a benchmark prints, and how its figures are made. */
final class ReportTable {
  private ReportTable() {}

  static void header(String... columns) {
    System.out.println("| " + String.join(" | ", columns) + " |");
    System.out.println("|" + " --- |".repeat(columns.length));
  }

  static void row(String... cells) {
    System.out.println("| " + String.join(" | ", cells) + " |");
  }

  static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** How long some work takes, in milliseconds. */
  static double timed(Runnable work) {
    long start = System.nanoTime();
    work.run();
    return (System.nanoTime() - start) / 1e6;
  }
}
