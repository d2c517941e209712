/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.batch;

import io.flamelake.segment.BlockCompressor;
import io.flamelake.segment.Lane;
import io.flamelake.segment.LaneClosedException;
import io.flamelake.segment.LaneRetry;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.store.ObjectStore;
import io.flamelake.segment.store.ObjectStoreException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The thread that writes one lane after another, and the only one that does. */
final class LaneWriter {

  private static final Logger LOG = LoggerFactory.getLogger(LaneWriter.class);

  /**
   * Never gives up: whether a segment is stored is known only when the store has said so, and until
   * then the lane cannot go on. Clients meanwhile run into their time-outs and the memory budget.
   */
  private static final LaneRetry FOREVER =
      new LaneRetry(Integer.MAX_VALUE, Duration.ofMillis(100), Duration.ofSeconds(2));

  /**
   * A lane that was not written for so long is left for a new one. The ends of lanes are forgotten
   * some days after them, and a put into a lane that nobody knows any more would never be read.
   */
  static final Duration MAX_SILENCE = Duration.ofMinutes(30);

  private final SegmentBatcher batcher;
  private final ObjectStore store;
  private final Clock clock;
  private final BatchMetrics metrics;
  private final Thread thread;

  /** Written by this writer's thread only; null before the first segment of a lane. */
  private volatile @Nullable Lane lane;

  /** Of the lane. Used by this writer's thread only. */
  private Instant lastPut = Instant.EPOCH;

  LaneWriter(
      String name, SegmentBatcher batcher, ObjectStore store, Clock clock, BatchMetrics metrics) {
    this.batcher = batcher;
    this.store = store;
    this.clock = clock;
    this.metrics = metrics;
    this.thread = new Thread(this::run, name);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  @Nullable Lane lane() {
    return lane;
  }

  /** Waits for the thread until a time of {@link System#nanoTime}, then interrupts it. */
  void awaitEnd(long deadlineNanos) {
    try {
      TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, deadlineNanos - System.nanoTime()));
      if (thread.isAlive()) {
        LOG.warn("{} did not end in time, its lane stays unsealed", thread.getName());
        thread.interrupt();
        // A put that is under way ends soon; a put that is being repeated, at once.
        thread.join(500);
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try (BlockCompressor compressor = new BlockCompressor()) {
      Long lastPutNanos = null;
      Batch batch = batcher.take(lastPutNanos);
      while (batch != null) {
        lastPutNanos = System.nanoTime();
        store(batch, compressor);
        batch = batcher.take(lastPutNanos);
      }

      sealLane();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void store(Batch batch, BlockCompressor compressor) {
    try {
      byte[] segment = batch.toSegment(compressor);
      if (segment != null) {
        metrics.batchBytes().record(batch.bytes());
        metrics.segmentBytes().record(segment.length);
        metrics.putTime().record(() -> put(segment));
      }

      batch.acknowledge();
    } catch (ObjectStoreException e) {
      // Only an interrupt ends the attempts, and only the shutdown interrupts.
      LOG.warn("A segment is not known to be stored, its requests are refused", e);
      batch.fail(SegmentBatcher.closed());
    } catch (RuntimeException | Error e) {
      LOG.error("A batch could not be stored, its requests are refused", e);
      batch.fail(e);
    }
  }

  private void put(byte[] segment) {
    leaveSilentLane();
    while (true) {
      Lane current = lane;
      if (current == null) {
        current = Lane.open(store, clock, FOREVER);
        lane = current;
        LOG.info("Writing to lane {}", current.id());
      }

      try {
        SegmentId id = current.append(segment);
        lastPut = clock.instant();
        LOG.debug("Stored segment {} of {} bytes", id, segment.length);
        return;
      } catch (LaneClosedException e) {
        LOG.warn("Lane {} takes no more, its next segment goes to a new lane", current.id(), e);
        metrics.replacedLanes().increment();
        lane = null;
      }
    }
  }

  private void leaveSilentLane() {
    // A clock that was set back costs a lane, and nothing else.
    Duration silence = Duration.between(lastPut, clock.instant()).abs();
    if (lane != null && silence.compareTo(MAX_SILENCE) > 0) {
      sealLane();
      lane = null;
    }
  }

  private void sealLane() {
    Lane current = lane;
    if (current == null) {
      return;
    }

    try {
      current.seal();
      LOG.info("Sealed lane {}", current.id());
    } catch (LaneClosedException | ObjectStoreException e) {
      LOG.warn("Lane {} stays unsealed; whoever reads it can seal it", current.id(), e);
    }
  }
}
