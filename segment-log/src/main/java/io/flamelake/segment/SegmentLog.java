/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.flamelake.model.TenantId;
import io.flamelake.segment.store.ObjectExistsException;
import io.flamelake.segment.store.ObjectInfo;
import io.flamelake.segment.store.ObjectKey;
import io.flamelake.segment.store.ObjectNotFoundException;
import io.flamelake.segment.store.ObjectStore;
import io.flamelake.segment.store.ObjectStoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The segment log as its readers see it: lanes, and the segments of each in sequence.
 *
 * <p>Objects under the log's prefix that are not named as segments are ignored, and reported once
 * where a listing shows them. Thread-safe.
 */
public final class SegmentLog {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentLog.class);
  private static final String QUARANTINE_PREFIX = "quarantine/";
  private static final String QUARANTINE_SUFFIX = ".txt";
  private static final String SEALED_BY_READER = "its writer was taken for dead";
  private static final int MAX_SEAL_ATTEMPTS = 1000;

  // Bounds the memory of what was reported, not what is ignored.
  private static final int MAX_REPORTED = 1000;

  private final ObjectStore store;
  private final Set<String> reported = ConcurrentHashMap.newKeySet();

  public SegmentLog(ObjectStore store) {
    this.store = requireNonNull(store, "store");
  }

  /** Returns the lanes that have objects, sealed or not, in order of their ids. */
  public List<LaneId> lanes() {
    List<LaneId> lanes = new ArrayList<>();
    for (String name : store.listDirectories(SegmentId.PREFIX)) {
      LaneId lane = LaneId.find(name);
      if (lane == null) {
        reportForeign(SegmentId.PREFIX + name + "/");
      } else {
        lanes.add(lane);
      }
    }

    return lanes;
  }

  /**
   * Returns the segments that follow a sequence without a gap, in order; the last may be the seal.
   * A store's listing may lag behind, so one that is missing here may be there the next time.
   *
   * @param sequence exclusive; −1 for the start of the lane
   */
  public List<SegmentId> segmentsAfter(LaneId lane, long sequence) {
    return store.hasCheapLookups() ? lookUpAfter(lane, sequence) : listAfter(lane, sequence);
  }

  /**
   * Reads and checks a whole segment.
   *
   * @throws CorruptSegmentException if a check fails
   * @throws ObjectNotFoundException if there is none
   */
  public Segment read(SegmentId id) {
    return SegmentReader.parse(store.get(id.key()), id);
  }

  /** Reads and checks the index of a segment. */
  public SegmentFooter readFooter(SegmentId id) {
    return SegmentReader.readFooter(store, id);
  }

  /** Reads the index and one tenant's block of a segment. */
  public Segment readTenant(SegmentId id, TenantId tenant) {
    return readTenant(id, readFooter(id), tenant);
  }

  /** Reads one tenant's block of a segment whose index is at hand. */
  public Segment readTenant(SegmentId id, SegmentFooter footer, TenantId tenant) {
    return SegmentReader.readTenant(store, id, footer, tenant);
  }

  /** Ends a lane, as {@link #seal(LaneId, long)}, of which no segment was deleted yet. */
  public SegmentId seal(LaneId lane) {
    return seal(lane, -1);
  }

  /**
   * Ends a lane whose writer is taken for dead: a writer that is not finds its next put refused.
   *
   * @param sequence of a segment that the lane is known to have had, in case they were all deleted
   *     since; −1 if none is known
   * @return the id of the seal, this one or one that was there before
   */
  public SegmentId seal(LaneId lane, long sequence) {
    SegmentId target = new SegmentId(lane, Math.max(sequence + 1, findLast(lane)));
    for (int attempt = 0; attempt < MAX_SEAL_ATTEMPTS; attempt++) {
      try {
        store.putIfAbsent(
            target.key(), SegmentWriter.seal(lane, target.sequence(), SEALED_BY_READER));
        return target;
      } catch (ObjectExistsException e) {
        // A segment, or a seal, whoever put it.
        if (isSeal(target)) {
          return target;
        }

        target = target.next();
      }
    }

    throw ObjectStoreException.failed(
        "Cannot seal lane "
            + lane
            + ", its writer put "
            + MAX_SEAL_ATTEMPTS
            + " segments meanwhile",
        null);
  }

  /** Returns all objects of a lane, segments and seal, in order. */
  public List<StoredSegment> stored(LaneId lane) {
    List<StoredSegment> segments = new ArrayList<>();
    for (ObjectInfo object : store.list(SegmentId.lanePrefix(lane), null)) {
      SegmentId id = SegmentId.find(object.key());
      if (id == null) {
        reportForeign(object.key().value());
      } else {
        segments.add(new StoredSegment(id, object.sizeBytes(), object.lastModified()));
      }
    }

    return segments;
  }

  /** Deletes a segment that no reader needs any more; it is no error if there is none. */
  public void delete(SegmentId id) {
    store.delete(id.key());
  }

  /**
   * Writes a report on a segment that cannot be read. The segment stays where it is, and the lane
   * does not go past it by itself.
   */
  public void quarantine(SegmentId id, String reason) {
    LOG.error("Segment {} is in quarantine, its lane stops there: {}", id, reason);
    String report = "Segment: " + id.key() + "\nReason: " + reason + "\n";
    try {
      store.putIfAbsent(quarantineKey(id), report.getBytes(UTF_8));
    } catch (ObjectExistsException e) {
      LOG.debug("Segment {} was reported before", id, e);
    }
  }

  /** Takes the report on a segment away: nobody wants the segment any more. */
  public void release(SegmentId id) {
    store.delete(quarantineKey(id));
  }

  /** Returns the segments that have a quarantine report. */
  public List<SegmentId> quarantined() {
    List<SegmentId> found = new ArrayList<>();
    for (ObjectInfo object : store.list(QUARANTINE_PREFIX, null)) {
      SegmentId id = findQuarantined(object.key().value());
      if (id != null) {
        found.add(id);
      }
    }

    return found;
  }

  /** A local lane may have 100,000 segments, and reading its directory takes as long. */
  private List<SegmentId> lookUpAfter(LaneId lane, long sequence) {
    List<SegmentId> segments = new ArrayList<>();
    SegmentId candidate = new SegmentId(lane, sequence + 1);
    while (store.exists(candidate.key())) {
      segments.add(candidate);
      candidate = candidate.next();
    }

    return segments;
  }

  private List<SegmentId> listAfter(LaneId lane, long sequence) {
    String startAfter = sequence < 0 ? null : new SegmentId(lane, sequence).key().value();
    List<SegmentId> segments = new ArrayList<>();
    long expected = sequence + 1;
    for (ObjectInfo object : store.list(SegmentId.lanePrefix(lane), startAfter)) {
      SegmentId id = SegmentId.find(object.key());
      if (id == null) {
        reportForeign(object.key().value());
      } else if (id.sequence() != expected) {
        break;
      } else {
        segments.add(id);
        expected++;
      }
    }

    return segments;
  }

  private long findLast(LaneId lane) {
    boolean lookUp = store.hasCheapLookups() && store.exists(new SegmentId(lane, 0).key());
    return lookUp ? lookUpLast(lane) : listLast(lane);
  }

  /** Doubles a sequence until there is none, then halves the distance. */
  private long lookUpLast(LaneId lane) {
    long missing = 1;
    while (store.exists(new SegmentId(lane, missing).key())) {
      missing *= 2;
    }

    long last = missing / 2;
    while (missing - last > 1) {
      long middle = (last + missing) / 2;
      if (store.exists(new SegmentId(lane, middle).key())) {
        last = middle;
      } else {
        missing = middle;
      }
    }

    return last;
  }

  private long listLast(LaneId lane) {
    long last = 0;
    for (ObjectInfo object : store.list(SegmentId.lanePrefix(lane), null)) {
      SegmentId id = SegmentId.find(object.key());
      if (id != null) {
        last = id.sequence();
      }
    }

    return last;
  }

  private boolean isSeal(SegmentId id) {
    try {
      return readFooter(id).isSeal();
    } catch (CorruptSegmentException e) {
      // Not a seal that any reader would take for one.
      return false;
    }
  }

  private void reportForeign(String key) {
    if (reported.size() < MAX_REPORTED && reported.add(key)) {
      LOG.warn("Ignoring {}: it is not named as a segment", key);
    }
  }

  private static ObjectKey quarantineKey(SegmentId id) {
    return new ObjectKey(
        QUARANTINE_PREFIX + id.lane() + "/" + id.paddedSequence() + QUARANTINE_SUFFIX);
  }

  private static @Nullable SegmentId findQuarantined(String key) {
    if (!key.endsWith(QUARANTINE_SUFFIX)) {
      return null;
    }

    String middle =
        key.substring(QUARANTINE_PREFIX.length(), key.length() - QUARANTINE_SUFFIX.length());
    String segmentKey = SegmentId.PREFIX + middle + ".seg";
    return SegmentId.find(new ObjectKey(segmentKey));
  }
}
