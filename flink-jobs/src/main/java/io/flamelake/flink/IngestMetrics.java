/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import java.util.Map;

/** Figures of a job that runs in this process; they go on counting when the job restarts. */
public interface IngestMetrics {

  /** Returns a counter over all tasks. */
  long total(IngestCounter counter);

  /** Returns a counter by the value of its label, table or reason; empty if it has none. */
  Map<String, Long> totalByLabel(IngestCounter counter);

  /** Returns the age, from its receipt on, of the oldest profile of the last commit. */
  double commitLagSeconds();

  /** Returns when the last commit was, in seconds since the epoch; 0 before the first. */
  double lastCommitTimestampSeconds();
}
