/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import java.nio.file.Path;
import java.time.Duration;

/**
 * How thoroughly to measure.
 *
 * @param dir for the servers' storage
 * @param rounds of which the median is told
 * @param round how long one of them is
 */
record IngestPlan(Path dir, int rounds, Duration round) {

  /** For as long a server is loaded before anything counts: its code is compiled then. */
  Duration warmUp() {
    return round.multipliedBy(2);
  }

  void progress(String what) {
    System.err.println("# " + what);
  }
}
