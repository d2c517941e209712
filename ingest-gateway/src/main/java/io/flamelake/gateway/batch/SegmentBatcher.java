/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.batch;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.TenantId;
import io.flamelake.rpc.MemoryBudget.Reservation;
import io.flamelake.rpc.RpcException;
import io.flamelake.rpc.TenantQueue;
import io.flamelake.segment.Lane;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.store.ObjectStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the records of many requests into segments and acknowledges them when their segment is
 * durable.
 *
 * <p>Each lane has a thread that takes a batch of what waits, puts it and takes the next: while a
 * put is under way more records come to wait, so segments grow with the load and the number of
 * objects does not. A put that fails is repeated, same key and same bytes, until the store takes
 * it; meanwhile records queue up, held in check by the memory they have reserved. Where more waits
 * than a segment takes, each tenant gets the same share of it: the backlog of one does not make
 * another wait. A lane that someone has sealed is replaced, and the batch at hand goes into the new
 * one: the seal proves that it is not in the old one.
 *
 * <p>Not promised: an order between requests of several tenants. A request whose future has failed
 * may still be stored when the process ends during its put.
 */
public final class SegmentBatcher implements AutoCloseable {

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final SegmentBatcherConfig config;
  private final List<LaneWriter> writers = new ArrayList<>();

  private final ReentrantLock lock = new ReentrantLock();

  /** Signalled when a batch may have become due. */
  private final Condition changed = lock.newCondition();

  // Guarded by lock.
  private final TenantQueue<PendingRecords> queue = new TenantQueue<>();
  private boolean closing;

  public SegmentBatcher(
      SegmentBatcherConfig config, ObjectStore store, MeterRegistry registry, Clock clock) {
    this.config = requireNonNull(config, "config");
    BatchMetrics metrics = new BatchMetrics(registry);
    for (int i = 0; i < config.lanes(); i++) {
      writers.add(new LaneWriter("segment-lane-" + i, this, store, clock, metrics));
    }
  }

  /** Starts the lanes' threads. Nothing is written before the first record. */
  public void start() {
    writers.forEach(LaneWriter::start);
  }

  /**
   * Adds the records of one request.
   *
   * @param reservation what the records hold of the memory budget; closed here when they are
   *     durable or refused
   * @return completes when all of them are durable; fails with {@link RpcException} {@code
   *     unavailable} when the batcher closes before that
   */
  public CompletableFuture<Void> add(
      TenantId tenant, List<SegmentRecord> records, Reservation reservation) {
    PendingRecords pending = new PendingRecords(tenant, records, reservation);
    lock.lock();
    try {
      if (closing) {
        pending.fail(closed());
        return pending.durable();
      }

      queue.add(tenant, pending.bytes(), pending);
      changed.signal();
    } finally {
      lock.unlock();
    }

    return pending.durable();
  }

  /**
   * Stops accepting, puts what is there and seals the lanes. What is not durable in time is
   * refused.
   */
  @Override
  public void close() {
    lock.lock();
    try {
      closing = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }

    long deadlineNanos = System.nanoTime() + config.closeTimeout().toNanos();
    for (LaneWriter writer : writers) {
      writer.awaitEnd(deadlineNanos);
    }

    lock.lock();
    try {
      for (PendingRecords left = queue.poll(); left != null; left = queue.poll()) {
        left.fail(closed());
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits for the next batch that is due.
   *
   * @param lastPutNanos when the lane's last put began, or null before the first
   * @return null when the batcher is closed and nothing is left
   */
  @Nullable Batch take(@Nullable Long lastPutNanos) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (true) {
        if (queue.isEmpty()) {
          if (closing) {
            return null;
          }

          changed.await();
          continue;
        }

        long waitNanos = lastPutNanos == null ? 0 : nanosUntilDue(lastPutNanos);
        if (waitNanos <= 0) {
          Batch batch = nextBatch();
          if (!queue.isEmpty()) {
            changed.signal();
          }

          return batch;
        }

        changed.awaitNanos(waitNanos);
      }
    } finally {
      lock.unlock();
    }
  }

  static RpcException closed() {
    return RpcException.unavailable("The server is shutting down", RETRY_AFTER);
  }

  private Batch nextBatch() {
    Batch batch = new Batch();
    PendingRecords next = queue.poll();
    while (next != null) {
      batch.add(next);
      next = batch.bytes() < config.maxBytes() ? queue.poll() : null;
    }

    return batch;
  }

  private long nanosUntilDue(long lastPutNanos) {
    if (closing || queue.bytes() >= config.maxBytes()) {
      return 0;
    }

    return lastPutNanos + config.maxDelay().toNanos() - System.nanoTime();
  }

  /** For tests: the lane each writer has open now. */
  List<Lane> lanes() {
    List<Lane> lanes = new ArrayList<>();
    for (LaneWriter writer : writers) {
      Lane lane = writer.lane();
      if (lane != null) {
        lanes.add(lane);
      }
    }

    return lanes;
  }
}
