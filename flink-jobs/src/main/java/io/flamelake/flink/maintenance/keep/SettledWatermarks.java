/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import io.flamelake.catalog.LaneWatermarks;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;

/**
 * How far the table had taken in each lane some time ago, so that every query that may still be
 * under way knows of it: one that pinned an older version reads later segments from the log, and
 * takes a segment that is gone for the end of its lane.
 */
final class SettledWatermarks {

  private SettledWatermarks() {}

  /**
   * Returns the watermarks of a moment, or lower ones. What a lane's watermark was is known from
   * the snapshots that advanced it; a lane of which no such snapshot is left is left out, if it was
   * advanced since.
   *
   * @param profiles as last refreshed
   */
  static LaneWatermarks at(Instant moment, Table profiles) {
    Map<String, Long> settled = new HashMap<>(LaneWatermarks.of(profiles).asMap());
    Map<String, Long> before = new HashMap<>();
    for (Snapshot snapshot : profiles.snapshots()) {
      LaneWatermarks advanced =
          LaneWatermarks.ofSummary(
              snapshot.summary().getOrDefault(LaneWatermarks.SUMMARY_PROPERTY, ""));
      if (snapshot.timestampMillis() > moment.toEpochMilli()) {
        settled.keySet().removeAll(advanced.asMap().keySet());
      } else {
        advanced.asMap().forEach((lane, end) -> before.merge(lane, end, Math::max));
      }
    }

    before.forEach(settled::putIfAbsent);
    return LaneWatermarks.ofSequences(settled);
  }
}
