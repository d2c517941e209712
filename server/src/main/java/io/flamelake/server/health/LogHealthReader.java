/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.health;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.store.ObjectNotFoundException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Compares the segment log with the lane watermarks of table {@code profiles}. */
final class LogHealthReader {
  private final SegmentLog log;

  /** Sealed lanes whose segments are all in the tables: nothing changes there any more. */
  private final Set<LaneId> drained = new HashSet<>();

  /** By lane the first segment that was not in the tables, and when that was first seen. */
  private Map<LaneId, Waiting> waiting = Map.of();

  LogHealthReader(SegmentLog log) {
    this.log = requireNonNull(log, "log");
  }

  synchronized LogHealth read(LaneWatermarks watermarks, Instant now) {
    List<LaneId> all = log.lanes();
    drained.retainAll(Set.copyOf(all));
    Map<LaneId, Waiting> stillWaiting = new HashMap<>();
    long pending = 0;
    int lanes = 0;
    Instant since = now;
    for (LaneId lane : all) {
      if (drained.contains(lane)) {
        continue;
      }

      long watermark = watermarks.sequence(lane.value());
      List<SegmentId> segments = log.segmentsAfter(lane, watermark);
      if (segments.isEmpty() && isSeal(lane, watermark)) {
        drained.add(lane);
        continue;
      }

      lanes++;
      if (!segments.isEmpty()) {
        pending += segments.size();
        Waiting first = waitingSince(lane, segments.get(0), now);
        stillWaiting.put(lane, first);
        since = first.since.isBefore(since) ? first.since : since;
      }
    }

    waiting = stillWaiting;
    return new LogHealth(lanes, pending, Duration.between(since, now), log.quarantined().size());
  }

  private boolean isSeal(LaneId lane, long sequence) {
    if (sequence == LaneWatermarks.BEFORE_FIRST) {
      return false;
    }

    try {
      return log.readFooter(new SegmentId(lane, sequence)).isSeal();
    } catch (ObjectNotFoundException e) {
      // Removed after it was committed: the lane has been silent since.
      return false;
    }
  }

  private Waiting waitingSince(LaneId lane, SegmentId first, Instant now) {
    Waiting known = waiting.get(lane);
    return known != null && known.segment.equals(first) ? known : new Waiting(first, now);
  }

  private record Waiting(SegmentId segment, Instant since) {}
}
