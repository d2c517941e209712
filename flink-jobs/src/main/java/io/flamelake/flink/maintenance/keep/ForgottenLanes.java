/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.Ulid;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.iceberg.Table;

/**
 * Lanes that tables still have a watermark of although the log has nothing of them any more.
 *
 * <p>The watermark goes after the last object: a lane that is found without a watermark would be
 * read from its begin.
 */
final class ForgottenLanes {

  private ForgottenLanes() {}

  /**
   * Returns those of a table, in order.
   *
   * @param listed the lanes of the log, from before the table was refreshed
   */
  static Set<String> in(Table table, Collection<LaneId> listed, MaintenanceContext context) {
    if (listed.isEmpty()) {
      // A log without any lane is the wrong one sooner than one that is done with.
      return Set.of();
    }

    Instant startedBefore = context.clock().instant().minus(context.config().laneRetention());
    Set<String> present = listed.stream().map(LaneId::value).collect(Collectors.toSet());
    Set<String> forgotten = new TreeSet<>();
    for (String lane : LaneWatermarks.of(table).asMap().keySet()) {
      if (!present.contains(lane)
          && Ulid.isUlid(lane)
          && Instant.ofEpochMilli(Ulid.millis(lane)).isBefore(startedBefore)) {
        forgotten.add(lane);
      }
    }

    return forgotten;
  }
}
