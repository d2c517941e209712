/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.tail;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.catalog.RecentProfiles;
import io.flamelake.catalog.RecentProfiles.RowKeyConsumer;
import it.unimi.dsi.fastutil.longs.Long2IntMap;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.util.SnapshotUtil;
import org.jspecify.annotations.Nullable;

/**
 * The identities of rows that were committed not long ago, each with the commit that brought it: a
 * profile of the tail that is among them was sent again by a client that had missed the answer.
 *
 * <p>A pinned version sees the keys of its own commits only. The keys of later ones are those of
 * segments which are still tail to it, and would hide the very rows they stand for.
 *
 * <p>Guarded by itself.
 */
final class CommittedKeys {
  private static final int NOT_COMMITTED = Integer.MAX_VALUE;

  private final Table profiles;
  private final Duration window;
  private final Clock clock;
  private final Long2IntOpenHashMap commitByKey = new Long2IntOpenHashMap();
  private final Deque<Commit> commits = new ArrayDeque<>();
  private LaneWatermarks loaded = LaneWatermarks.NONE;
  private @Nullable Long lastSnapshotId;
  private boolean isLoaded;
  private int nextCommit;

  /** A commit to the table, with the watermarks that it advanced. */
  private record Commit(int number, long timeMillis, LaneWatermarks advanced) {}

  /**
   * @param profiles used by this object alone, and refreshed by it
   * @param window how long keys are kept after their commit
   */
  CommittedKeys(Table profiles, Duration window, Clock clock) {
    this.profiles = requireNonNull(profiles, "profiles");
    this.window = requireNonNull(window, "window");
    this.clock = requireNonNull(clock, "clock");
    commitByKey.defaultReturnValue(NOT_COMMITTED);
  }

  /** Loads the keys of all commits up to the version that has these watermarks, or a later one. */
  synchronized void loadUpTo(LaneWatermarks watermarks) {
    if (isLoaded && covers(loaded, watermarks)) {
      return;
    }

    profiles.refresh();
    long oldestMillis = clock.millis() - window.toMillis();
    for (Snapshot snapshot : newSnapshots(oldestMillis)) {
      load(snapshot, oldestMillis);
    }

    Snapshot current = profiles.currentSnapshot();
    this.lastSnapshotId = current == null ? null : current.snapshotId();
    this.loaded = LaneWatermarks.of(profiles);
    this.isLoaded = true;
    forgetBefore(oldestMillis);
  }

  private void load(Snapshot snapshot, long oldestMillis) {
    Commit commit = new Commit(nextCommit++, snapshot.timestampMillis(), advancedBy(snapshot));
    RowKeyConsumer consumer =
        (tenant, profileId, type, seriesId) ->
            commitByKey.putIfAbsent(
                RowKeys.hash(tenant, profileId, type, seriesId), commit.number());
    if (isAfterGap(snapshot)) {
      RecentProfiles.forEachIn(profiles, snapshot, Instant.ofEpochMilli(oldestMillis), consumer);
    } else {
      RecentProfiles.forEach(profiles, snapshot, consumer);
    }

    commits.addLast(commit);
  }

  /** Whether snapshots that were not loaded were expired before this one. */
  private boolean isAfterGap(Snapshot snapshot) {
    return RecentProfiles.isCutBefore(snapshot, profiles)
        && !Objects.equals(snapshot.parentId(), lastSnapshotId);
  }

  private LaneWatermarks advancedBy(Snapshot snapshot) {
    String summary = snapshot.summary().get(LaneWatermarks.SUMMARY_PROPERTY);
    if (summary != null) {
      return LaneWatermarks.ofSummary(summary);
    }

    boolean isCurrent = snapshot.equals(profiles.currentSnapshot());
    return isCurrent && isAfterGap(snapshot) ? LaneWatermarks.of(profiles) : LaneWatermarks.NONE;
  }

  /** Answers which keys a version with these watermarks holds. */
  synchronized Version version(LaneWatermarks watermarks) {
    Iterator<Commit> newestFirst = commits.descendingIterator();
    while (newestFirst.hasNext()) {
      Commit commit = newestFirst.next();
      // One of maintenance advances no lane, and says nothing about what the version holds.
      boolean isOfIngest = !commit.advanced().asMap().isEmpty();
      if (isOfIngest && covers(watermarks, commit.advanced())) {
        return new Version(commit.number());
      }
    }

    return new Version(-1);
  }

  /** The keys of one pinned version. */
  final class Version {
    private final int lastCommit;

    private Version(int lastCommit) {
      this.lastCommit = lastCommit;
    }

    boolean contains(long key) {
      synchronized (CommittedKeys.this) {
        return commitByKey.get(key) <= lastCommit;
      }
    }
  }

  /** Snapshots that were not loaded yet, oldest first. */
  private List<Snapshot> newSnapshots(long oldestMillis) {
    List<Snapshot> snapshots = new ArrayList<>();
    if (profiles.currentSnapshot() == null) {
      return snapshots;
    }

    for (Snapshot snapshot : SnapshotUtil.currentAncestors(profiles)) {
      if (snapshot.timestampMillis() < oldestMillis
          || (lastSnapshotId != null && snapshot.snapshotId() == lastSnapshotId)) {
        break;
      }

      snapshots.add(snapshot);
    }

    Collections.reverse(snapshots);
    return snapshots;
  }

  private void forgetBefore(long oldestMillis) {
    int firstKept = -1;
    while (!commits.isEmpty() && commits.getFirst().timeMillis() < oldestMillis) {
      firstKept = commits.removeFirst().number() + 1;
    }

    if (firstKept >= 0) {
      int first = firstKept;
      commitByKey.long2IntEntrySet().removeIf((Long2IntMap.Entry e) -> e.getIntValue() < first);
    }
  }

  private static boolean covers(LaneWatermarks watermarks, LaneWatermarks others) {
    for (Map.Entry<String, Long> other : others.asMap().entrySet()) {
      if (!watermarks.covers(other.getKey(), other.getValue())) {
        return false;
      }
    }

    return true;
  }
}
