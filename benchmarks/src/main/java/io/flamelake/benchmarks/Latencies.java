/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;

/** Latencies in milliseconds, in any order. */
record Latencies(double[] millis) {

  static Latencies all(Stream<Latencies> parts) {
    return new Latencies(parts.flatMapToDouble(part -> DoubleStream.of(part.millis)).toArray());
  }

  /** What so great a share of them does not exceed. */
  double quantile(double share) {
    double[] sorted = millis.clone();
    Arrays.sort(sorted);
    return sorted[Math.min(sorted.length - 1, (int) Math.ceil(share * sorted.length) - 1)];
  }
}
