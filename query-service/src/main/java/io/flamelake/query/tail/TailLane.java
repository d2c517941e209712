/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.tail;

import io.flamelake.segment.CorruptSegmentException;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.store.ObjectNotFoundException;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of one lane after the table's watermark. Guarded by itself.
 *
 * <p>A lane has one writer and no gaps, so whether there is more is asked of the next key itself:
 * that is cheaper than a listing and, unlike a listing, never behind.
 */
final class TailLane {
  private static final Logger LOG = LoggerFactory.getLogger(TailLane.class);

  private final LaneId id;
  private final SegmentLog log;

  /** Segments above the highest watermark that was asked for, without gaps. */
  private final NavigableMap<Long, TailSegment> segments = new TreeMap<>();

  private long watermark;
  private boolean isSealed;
  private @Nullable SegmentId corrupt;

  /**
   * @param watermark sequence after which the tail begins
   */
  TailLane(LaneId id, SegmentLog log, long watermark) {
    this.id = id;
    this.log = log;
    this.watermark = watermark;
  }

  LaneId id() {
    return id;
  }

  /**
   * Returns the segments after a watermark, up to the newest that is there now.
   *
   * @throws StaleTailException if the watermark is lower than one that was asked for before
   */
  synchronized List<TailSegment> after(long sequence) {
    if (sequence < watermark) {
      throw new StaleTailException(
          "Lane " + id + " was asked for segments after " + watermark + " before " + sequence);
    }

    advance(sequence);
    discover();
    return List.copyOf(segments.values());
  }

  /** Lets go of segments that are committed. */
  synchronized void advance(long sequence) {
    if (sequence > watermark) {
      segments.headMap(sequence, true).clear();
      this.watermark = sequence;
      SegmentId stopped = corrupt;
      if (stopped != null && stopped.sequence() <= sequence) {
        LOG.info("Lane {} goes on: the tables are past segment {}", id, stopped);
        this.corrupt = null;
      }
    }
  }

  /** Whether the lane was ended and nothing of it is left to be committed. */
  synchronized boolean isDrained() {
    return isSealed && segments.isEmpty();
  }

  /** The segment that the lane stops at because it cannot be read, null if there is none. */
  synchronized @Nullable SegmentId corruptSegment() {
    return corrupt;
  }

  synchronized int segmentCount() {
    return segments.size();
  }

  /**
   * Ends the lane before a segment that turned out to be corrupt, as the ingest job does: nothing
   * that follows it is shown before the job is past it.
   */
  synchronized void stopAt(CorruptSegmentException cause) {
    SegmentId segment = cause.id();
    if (segment.sequence() <= watermark) {
      return;
    }

    if (!segment.equals(corrupt)) {
      LOG.error(
          "Lane {} stops for queries until the tables are past it: {}", id, cause.getMessage());
    }

    this.corrupt = segment;
    segments.tailMap(segment.sequence(), true).clear();
    this.isSealed = false;
  }

  private void discover() {
    if (isSealed || corrupt != null) {
      return;
    }

    long last = segments.isEmpty() ? watermark : segments.lastKey();
    for (SegmentId next = new SegmentId(id, last + 1); ; next = next.next()) {
      try {
        TailSegment segment = new TailSegment(next, log.readFooter(next));
        if (segment.footer().isSeal()) {
          this.isSealed = true;
          return;
        }

        segments.put(next.sequence(), segment);
      } catch (ObjectNotFoundException e) {
        // The end of the lane, for now.
        return;
      } catch (CorruptSegmentException e) {
        stopAt(e);
        return;
      }
    }
  }
}
