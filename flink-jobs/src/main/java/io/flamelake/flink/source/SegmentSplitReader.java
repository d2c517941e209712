/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.source;

import io.flamelake.segment.CorruptSegmentException;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.store.ObjectNotFoundException;
import io.flamelake.segment.store.ObjectStore;
import io.flamelake.segment.store.ObjectStoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.connector.base.source.reader.RecordsBySplits;
import org.apache.flink.connector.base.source.reader.RecordsWithSplitIds;
import org.apache.flink.connector.base.source.reader.splitreader.SplitReader;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsAddition;
import org.apache.flink.connector.base.source.reader.splitreader.SplitsChange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lists what is new in each lane. All but {@link #wakeUp} runs on the fetcher thread.
 *
 * <p>A lane that stays silent is asked once whether its last segment is the seal. It leaves only
 * when the table has been committed up to that seal: before, a restart may have to read it again.
 */
final class SegmentSplitReader implements SplitReader<SegmentId, SegmentSplit> {

  private static final Logger LOG = LoggerFactory.getLogger(SegmentSplitReader.class);

  /** References are small, but the reader's queue must not hold a backlog of hours. */
  private static final int MAX_BATCH = 256;

  private static final int IDLE_POLLS_BEFORE_SEAL_CHECK = 8;
  private static final int IDLE_POLLS_BETWEEN_COMMIT_CHECKS = 16;
  private static final int MAX_CONSECUTIVE_FAILURES = 20;

  private final ObjectStore store;
  private final SegmentLog log;
  private final CommittedPositions positions;
  private final Duration pollInterval;
  private final List<Cursor> cursors = new ArrayList<>();
  private final Object pause = new Object();
  private boolean awake;
  private int failures;

  SegmentSplitReader(ObjectStore store, CommittedPositions positions, Duration pollInterval) {
    this.store = store;
    this.log = new SegmentLog(store);
    this.positions = positions;
    this.pollInterval = pollInterval;
  }

  @Override
  public RecordsWithSplitIds<SegmentId> fetch() {
    RecordsBySplits.Builder<SegmentId> records = new RecordsBySplits.Builder<>();
    boolean foundAny = false;
    for (Cursor cursor : List.copyOf(cursors)) {
      List<SegmentId> segments = list(cursor);
      records.addAll(cursor.lane.value(), segments);
      foundAny |= !segments.isEmpty();
      if (isDrained(cursor)) {
        LOG.info("Lane {} is sealed and committed up to {}", cursor.lane, cursor.sequence);
        records.addFinishedSplit(cursor.lane.value());
        cursors.remove(cursor);
      }
    }

    if (!foundAny) {
      pause();
    }

    return records.build();
  }

  @Override
  public void handleSplitsChanges(SplitsChange<SegmentSplit> change) {
    if (!(change instanceof SplitsAddition)) {
      throw new UnsupportedOperationException("Change of splits: " + change);
    }

    change.splits().forEach(split -> cursors.add(new Cursor(split)));
  }

  @Override
  public void wakeUp() {
    synchronized (pause) {
      awake = true;
      pause.notifyAll();
    }
  }

  @Override
  public void close() {
    store.close();
  }

  private List<SegmentId> list(Cursor cursor) {
    List<SegmentId> segments;
    try {
      segments = log.segmentsAfter(cursor.lane, cursor.sequence);
      failures = 0;
    } catch (ObjectStoreException e) {
      failures++;
      if (failures >= MAX_CONSECUTIVE_FAILURES) {
        throw e;
      }

      LOG.warn("Listing lane {} failed, try {}", cursor.lane, failures, e);
      return List.of();
    }

    if (segments.isEmpty()) {
      cursor.idlePolls++;
      return segments;
    }

    List<SegmentId> batch = segments.subList(0, Math.min(MAX_BATCH, segments.size()));
    cursor.sequence = batch.get(batch.size() - 1).sequence();
    cursor.idlePolls = 0;
    cursor.isSealed = false;
    return batch;
  }

  private boolean isDrained(Cursor cursor) {
    if (cursor.sequence < 0) {
      return false;
    }

    if (cursor.idlePolls == IDLE_POLLS_BEFORE_SEAL_CHECK) {
      cursor.isSealed = isSeal(new SegmentId(cursor.lane, cursor.sequence));
    }

    return cursor.isSealed
        && cursor.idlePolls % IDLE_POLLS_BETWEEN_COMMIT_CHECKS == IDLE_POLLS_BEFORE_SEAL_CHECK
        && positions.load().sequence(cursor.lane.value()) >= cursor.sequence;
  }

  private boolean isSeal(SegmentId segment) {
    try {
      return log.readFooter(segment).isSeal();
    } catch (ObjectNotFoundException e) {
      // Only segments that were committed and have passed the grace period are ever deleted.
      return true;
    } catch (CorruptSegmentException e) {
      // The read operator quarantines it; the lane stays where it is.
      return false;
    }
  }

  private void pause() {
    synchronized (pause) {
      try {
        if (!awake) {
          pause.wait(pollInterval.toMillis());
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }

      awake = false;
    }
  }

  /** Where the reader is in one lane. */
  private static final class Cursor {

    private final LaneId lane;
    private long sequence;
    private int idlePolls;
    private boolean isSealed;

    private Cursor(SegmentSplit split) {
      this.lane = split.lane();
      this.sequence = split.sequence();
    }
  }
}
