/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.segment.CorruptSegmentException;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.StoredSegment;
import io.flamelake.segment.store.ObjectNotFoundException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** How far the lanes of the segment log go. */
final class LaneEnds {

  private LaneEnds() {}

  /**
   * Returns the last segment of each lane whose segments are not all in the tables; seals, which
   * hold no profile, do not count.
   */
  static SortedMap<String, Long> of(SegmentLog log, LaneWatermarks watermarks) {
    SortedMap<String, Long> ends = new TreeMap<>();
    for (LaneId lane : log.lanes()) {
      List<SegmentId> segments = log.segmentsAfter(lane, watermarks.sequence(lane.value()));
      SegmentId last = segments.isEmpty() ? null : segments.get(segments.size() - 1);
      if (last != null && log.readFooter(last).isSeal()) {
        last = segments.size() > 1 ? segments.get(segments.size() - 2) : null;
      }

      long end = last == null ? watermarks.sequence(lane.value()) : last.sequence();
      if (end >= 0) {
        ends.put(lane.value(), end);
      }
    }

    return ends;
  }

  /** Returns a segment up to these ends that is still there, or null if all were removed. */
  static @Nullable SegmentId findRemaining(SegmentLog log, SortedMap<String, Long> ends) {
    for (Map.Entry<String, Long> end : ends.entrySet()) {
      List<StoredSegment> stored = log.stored(new LaneId(end.getKey()));
      SegmentId first = stored.isEmpty() ? null : stored.get(0).id();
      if (first != null && first.sequence() <= end.getValue() && !isSeal(log, first)) {
        return first;
      }
    }

    return null;
  }

  /** A seal holds no profile, and stays long after what was before it. */
  private static boolean isSeal(SegmentLog log, SegmentId id) {
    try {
      return log.readFooter(id).isSeal();
    } catch (CorruptSegmentException | ObjectNotFoundException e) {
      // Of the one nobody knows what it holds; the other was removed just now.
      return false;
    }
  }
}
