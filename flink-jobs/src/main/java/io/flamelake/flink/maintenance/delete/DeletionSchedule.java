/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import io.flamelake.flink.maintenance.MaintenanceConfig;
import java.time.Duration;
import java.time.Instant;

/** When the steps of a deletion come, by the settings of maintenance. */
final class DeletionSchedule {
  /** From a profile on its way to its commit. */
  private static final Duration COMMIT_SLACK = Duration.ofMinutes(1);

  private DeletionSchedule() {}

  /**
   * Returns how long nothing may have come for a day before its stacks are removed: by then the
   * ingest job has forgotten which it wrote, and writes those again that it needs; and no query
   * reads a version any more that had the removed profiles.
   */
  static Duration quietTime(MaintenanceConfig config) {
    Duration slack = shorter(COMMIT_SLACK, config.duplicateWindow());
    Duration forgotten = config.duplicateWindow().multipliedBy(2).plus(slack);
    return longer(forgotten, config.snapshotAge());
  }

  /** Estimates when a request is done that was accepted now. */
  static Instant done(MaintenanceConfig config, Instant acceptedAt) {
    Instant symbolsGone = acceptedAt.plus(config.interval()).plus(quietTime(config));
    return bytesGone(config, acceptedAt, symbolsGone);
  }

  /** Estimates when a request is done whose last row was removed. */
  static Instant bytesGone(MaintenanceConfig config, DeletionRequest request, Instant rowsGone) {
    return bytesGone(config, request.acceptedAt(), rowsGone);
  }

  private static Instant bytesGone(MaintenanceConfig config, Instant acceptedAt, Instant rowsGone) {
    Duration round = config.interval().multipliedBy(2);
    Instant snapshots = rowsGone.plus(config.snapshotAge()).plus(round);
    Instant segments = acceptedAt.plus(config.segmentGrace()).plus(round);
    return snapshots.isAfter(segments) ? snapshots : segments;
  }

  private static Duration longer(Duration a, Duration b) {
    return a.compareTo(b) >= 0 ? a : b;
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }
}
