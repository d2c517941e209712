/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import static java.util.Objects.requireNonNull;

import io.flamelake.segment.store.ObjectExistsException;
import io.flamelake.segment.store.ObjectStore;
import io.flamelake.segment.store.ObjectStoreException;
import java.time.Clock;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lane of the segment log, seen by its single writer: segments are put one after the other, at
 * sequences from 0 without gaps.
 *
 * <p>A put without a clear answer is repeated with the same key and the same bytes, so that it
 * happens once whatever became of the first one. When the attempts are used up, the outcome stays
 * unknown and the lane is closed: another segment at that sequence could be taken for the first.
 * {@link #seal} then settles it, for the seal and the segment cannot both be there.
 *
 * <p>Thread-safe; calls wait for each other.
 */
public final class Lane {
  private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
  private static final String SEALED_BY_WRITER = "closed by its writer";

  private final ObjectStore store;
  private final LaneId id;
  private final LaneRetry retry;

  // Guarded by this.
  private long nextSequence;
  private byte @Nullable [] unresolved;
  private @Nullable LaneClosedException closed;

  private Lane(ObjectStore store, LaneId id, LaneRetry retry) {
    this.store = requireNonNull(store, "store");
    this.id = requireNonNull(id, "id");
    this.retry = requireNonNull(retry, "retry");
  }

  /** Opens a lane of its own for the caller; nothing is written before the first segment. */
  public static Lane open(ObjectStore store, Clock clock) {
    return open(store, clock, LaneRetry.DEFAULT);
  }

  public static Lane open(ObjectStore store, Clock clock, LaneRetry retry) {
    return new Lane(store, LaneId.random(clock), retry);
  }

  public LaneId id() {
    return id;
  }

  /**
   * Puts a segment at the next sequence. It is durable when this returns.
   *
   * @throws LaneClosedException if the segment is not in this lane and never will be, because the
   *     lane is sealed or in other hands: put the same bytes into a new lane. Thrown by every later
   *     call as well.
   * @throws ObjectStoreException if the store did not take it in all attempts; see {@link
   *     ObjectStoreException#isOutcomeUnknown()}
   */
  public synchronized SegmentId append(byte[] segment) {
    checkOpen();
    SegmentId target = new SegmentId(id, nextSequence);
    try {
      putOrConfirm(target, segment);
    } catch (LaneClosedException e) {
      closed = e;
      throw e;
    } catch (ObjectStoreException e) {
      if (e.isOutcomeUnknown()) {
        unresolved = segment.clone();
        closed =
            new LaneFencedException("It is not known whether segment " + target + " was stored");
      }

      throw e;
    }

    nextSequence++;
    return target;
  }

  /**
   * Ends the lane. After an unknown outcome of {@link #append} it also settles it: when this
   * returns, the segment is in the lane before the seal, or it never will be.
   *
   * @throws LaneFencedException if the lane is in other hands
   * @throws ObjectStoreException if the store did not take the seal; the lane can be sealed later,
   *     by anyone
   */
  public synchronized void seal() {
    if (closed instanceof LaneSealedException) {
      return;
    }

    while (true) {
      SegmentId target = new SegmentId(id, nextSequence);
      try {
        putOrConfirm(target, SegmentWriter.seal(id, nextSequence, SEALED_BY_WRITER));
      } catch (LaneSealedException e) {
        closed = e;
        return;
      } catch (LaneFencedException e) {
        if (unresolved != null && Arrays.equals(unresolved, store.get(target.key()))) {
          unresolved = null;
          nextSequence++;
          continue;
        }

        throw e;
      }

      closed = new LaneSealedException(target, SEALED_BY_WRITER);
      return;
    }
  }

  private void checkOpen() {
    if (closed != null) {
      throw closed;
    }
  }

  private void putOrConfirm(SegmentId target, byte[] content) {
    boolean mayBeStored = false;
    for (int attempt = 1; ; attempt++) {
      try {
        store.putIfAbsent(target.key(), content);
        return;
      } catch (ObjectExistsException e) {
        if (isConfirmed(target, content, attempt)) {
          return;
        }
      } catch (ObjectStoreException e) {
        mayBeStored |= e.isOutcomeUnknown();
        LOG.warn("Attempt {} to put segment {} failed: {}", attempt, target, e.toString());
        if (attempt >= retry.maxAttempts()) {
          throw giveUp(target, attempt, mayBeStored, e);
        }
      }

      pause(target, attempt, mayBeStored);
    }
  }

  /**
   * Looks at what is at the segment's key.
   *
   * @return false if it could not be read just now
   */
  private boolean isConfirmed(SegmentId target, byte[] content, int attempt) {
    byte[] found;
    try {
      found = store.get(target.key());
    } catch (ObjectStoreException e) {
      LOG.warn("Cannot compare segment {} after attempt {}: {}", target, attempt, e.toString());
      if (attempt >= retry.maxAttempts()) {
        throw giveUp(target, attempt, true, e);
      }

      return false;
    }

    if (Arrays.equals(found, content)) {
      return true;
    }

    throw closedBy(target, found);
  }

  private static LaneClosedException closedBy(SegmentId target, byte[] found) {
    try {
      Segment other = SegmentReader.parse(found, target);
      if (other.isSeal()) {
        String reason = other.footer().attributes().getOrDefault(SegmentFormat.SEAL_REASON, "");
        return new LaneSealedException(target, reason);
      }
    } catch (CorruptSegmentException e) {
      return new LaneFencedException(
          "Something else is at " + target.key() + ", and it is no segment: " + e.reason());
    }

    return new LaneFencedException("Another writer put a segment at " + target.key());
  }

  private static ObjectStoreException giveUp(
      SegmentId target, int attempts, boolean mayBeStored, ObjectStoreException cause) {
    String message = "Cannot put segment " + target + " in " + attempts + " attempts";
    return mayBeStored
        ? ObjectStoreException.unknownOutcome(message, cause)
        : ObjectStoreException.failed(message, cause);
  }

  private void pause(SegmentId target, int attempt, boolean mayBeStored) {
    try {
      Thread.sleep(retry.backoffAfter(attempt).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      String message = "Interrupted while putting segment " + target;
      throw mayBeStored
          ? ObjectStoreException.unknownOutcome(message, e)
          : ObjectStoreException.failed(message, e);
    }
  }
}
