/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.decode;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.flink.delta.CommittedBaselines;
import io.flamelake.flink.delta.CumulativeReading;
import io.flamelake.flink.read.RawRecord;
import io.flamelake.model.TenantId;
import io.flamelake.model.normalize.CumulativeTypes;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.segment.CorruptSegmentException;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.Segment;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.store.ObjectNotFoundException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads committed segments once more, newest first, for the base lines that a state lacks which is
 * not at the table's watermarks: segments stay in the log for a while after their commit.
 */
final class BaselineReplay {

  private static final Logger LOG = LoggerFactory.getLogger(BaselineReplay.class);

  private static final int SEGMENTS_AT_ONCE = 8;

  private final SegmentLog log;
  private final Predicate<String> services;
  private final long windowMillis;
  private final RecordDecoder decoder = new RecordDecoder();
  private final CommittedBaselines found = new CommittedBaselines();
  private long newestReceiveMillis = Long.MIN_VALUE;
  private boolean isComplete = true;

  /**
   * @param services the keys to look for
   * @param window how far to go back at most, from the newest record on
   */
  BaselineReplay(SegmentLog log, Predicate<String> services, Duration window) {
    this.log = requireNonNull(log, "log");
    this.services = requireNonNull(services, "services");
    this.windowMillis = window.toMillis();
  }

  /**
   * Reads what was committed beyond a state.
   *
   * @param reached the last segment of each lane that the state knows of
   */
  void read(LaneWatermarks committed, Map<String, Long> reached) {
    List<Cursor> cursors = new ArrayList<>();
    committed
        .asMap()
        .forEach(
            (lane, sequence) -> {
              long known = reached.getOrDefault(lane, LaneWatermarks.BEFORE_FIRST);
              if (known < sequence) {
                cursors.add(new Cursor(new LaneId(lane), sequence, known));
              }
            });
    ExecutorService readers = Executors.newFixedThreadPool(SEGMENTS_AT_ONCE);
    try {
      while (!cursors.isEmpty()) {
        cursors.forEach(cursor -> cursor.readNext(readers));
        cursors.removeIf(Cursor::isAtEnd);
      }
    } finally {
      readers.shutdownNow();
    }
  }

  /** Whether all was there that was committed beyond the state, and within the window. */
  boolean isComplete() {
    return isComplete;
  }

  CommittedBaselines found() {
    return found;
  }

  /** Returns the receipt of the segment's newest record, none if it has no records. */
  private Optional<Long> add(Segment segment, long known) {
    long[] newest = {Long.MIN_VALUE};
    int[] index = {0};
    segment.forEachRecord(
        (tenant, record) -> {
          newest[0] = Math.max(newest[0], receiveMillis(record));
          RawRecord raw = new RawRecord(segment.id(), known, index[0]++, tenant, record);
          if (CumulativeTypes.isMarked(record.labels()) && services.test(raw.serviceKey())) {
            add(raw, tenant, record);
          }
        });
    newestReceiveMillis = Math.max(newestReceiveMillis, newest[0]);
    return index[0] == 0 ? Optional.empty() : Optional.of(newest[0]);
  }

  private void add(RawRecord raw, TenantId tenant, SegmentRecord record) {
    try {
      DecodedRecord decoded = decoder.decode(tenant, record);
      found.add(
          raw.serviceKey(),
          decoded.rows(),
          new CumulativeReading(decoded.process(), receiveMillis(record), RowKeys.place(raw)));
    } catch (MalformedProfileException e) {
      LOG.debug("Profile {} had no rows when it was read first", record.profileId(), e);
    }
  }

  private static long receiveMillis(SegmentRecord record) {
    return TimeUnit.NANOSECONDS.toMillis(record.receiveTimeNanos());
  }

  /** Goes back through one lane. */
  private final class Cursor {

    private final LaneId lane;
    private final long known;
    private long next;
    private boolean isAtEnd;

    /**
     * @param known the last segment that need not be read, where the lane ends
     */
    Cursor(LaneId lane, long newest, long known) {
      this.lane = lane;
      this.next = newest;
      this.known = known;
    }

    boolean isAtEnd() {
      return isAtEnd;
    }

    void readNext(ExecutorService readers) {
      List<CompletableFuture<Segment>> segments = new ArrayList<>();
      for (long sequence = next;
          sequence > known && segments.size() < SEGMENTS_AT_ONCE;
          sequence--) {
        SegmentId id = new SegmentId(lane, sequence);
        segments.add(CompletableFuture.supplyAsync(() -> log.read(id), readers));
      }

      for (CompletableFuture<Segment> segment : segments) {
        if (!isAtEnd) {
          take(segment);
        }
      }

      isAtEnd |= next == known;
    }

    private void take(CompletableFuture<Segment> segment) {
      next--;
      try {
        Optional<Long> newest = add(segment.join(), known);
        if (newest.isPresent() && newest.get() < newestReceiveMillis - windowMillis) {
          stop();
        }
      } catch (CompletionException e) {
        if (e.getCause() instanceof ObjectNotFoundException) {
          stop();
        } else if (!(e.getCause() instanceof CorruptSegmentException)) {
          throw e;
        }
        // A corrupt segment that the table is past was given up: none of it was committed.
      }
    }

    private void stop() {
      isAtEnd = true;
      isComplete &= next == known;
    }
  }
}
