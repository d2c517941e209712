/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.segment.CorruptSegmentException;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.StoredSegment;
import io.flamelake.segment.store.ObjectNotFoundException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is left of lanes in the segment log, and of it what nobody needs any more.
 *
 * <p>A segment can go when the tables contain it, every query that runs knows that, and it is older
 * than the grace. The last object of a lane stays: as long as there is one, readers find the lane
 * and know where it goes on. So a lane that has been silent for the grace is sealed, which leaves
 * nothing but the seal. That fences a writer that is not dead but slow, and goes after the lanes'
 * retention. A segment with a quarantine report stays, and so does its lane.
 */
final class LaneLeftovers {

  /** No query lies that long between its pin of a version and its look at the log. */
  private static final Duration LONGEST_PIN = Duration.ofMinutes(10);

  private final SegmentLog log;
  private final LaneWatermarks settled;
  private final Set<SegmentId> quarantined;
  private final Instant coveredBefore;
  private final Instant endedBefore;

  /**
   * @param context with fresh tables
   */
  LaneLeftovers(MaintenanceContext context) {
    Instant now = context.clock().instant();
    Duration grace = context.config().segmentGrace();
    Duration pin = grace.compareTo(LONGEST_PIN) < 0 ? grace : LONGEST_PIN;
    this.log = context.log();
    this.settled = SettledWatermarks.at(now.minus(pin), context.tables().profiles());
    this.quarantined = new HashSet<>(log.quarantined());
    this.coveredBefore = now.minus(grace);
    this.endedBefore = now.minus(context.config().laneRetention());
  }

  /** How many segments wait for an operator. */
  long quarantinedCount() {
    return quarantined.size();
  }

  /** Returns what can be done about a lane. */
  Leftover of(LaneId lane) {
    List<StoredSegment> stored = log.stored(lane);
    if (stored.isEmpty()) {
      return Leftover.NONE;
    }

    List<StoredSegment> removable = new ArrayList<>();
    StoredSegment last = stored.get(stored.size() - 1);
    for (StoredSegment segment : stored.subList(0, stored.size() - 1)) {
      if (isCovered(segment) && !quarantined.contains(segment.id())) {
        removable.add(segment);
      }
    }

    if (!isCovered(last) || quarantined.contains(last.id())) {
      return new Leftover(removable, null, null);
    }

    if (!isSeal(last.id())) {
      return new Leftover(removable, last.id(), null);
    }

    boolean hasNoOther = removable.size() == stored.size() - 1;
    boolean isForgotten = hasNoOther && last.storedAt().isBefore(endedBefore);
    return new Leftover(removable, null, isForgotten ? last.id() : null);
  }

  private boolean isCovered(StoredSegment segment) {
    return settled.covers(segment.id().lane().value(), segment.id().sequence())
        && !segment.storedAt().isAfter(coveredBefore);
  }

  private boolean isSeal(SegmentId id) {
    try {
      return log.readFooter(id).isSeal();
    } catch (CorruptSegmentException e) {
      // The operator had it skipped, and it is data that is given up.
      return false;
    } catch (ObjectNotFoundException e) {
      // Another run removed it just now; whatever it was, nothing is to be added.
      return true;
    }
  }

  /**
   * What can be done about a lane.
   *
   * @param removable segments that can be deleted
   * @param silentAt the last segment of a lane that is to be sealed after it; null if none
   * @param forgotten the seal that can be deleted after the segments, with all that is known of the
   *     lane; null if it has to stay
   */
  record Leftover(
      List<StoredSegment> removable, @Nullable SegmentId silentAt, @Nullable SegmentId forgotten) {

    static final Leftover NONE = new Leftover(List.of(), null, null);

    Leftover {
      removable = List.copyOf(removable);
    }

    boolean isNothing() {
      return removable.isEmpty() && silentAt == null && forgotten == null;
    }
  }
}
