/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.source;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.store.ObjectNotFoundException;
import io.flamelake.segment.store.ObjectStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.api.connector.source.SourceEvent;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds lanes by listing and deals them out to the readers in turn. Listing runs on Flink's worker
 * thread, everything else on the coordinator's; the two sets are the only thing they share.
 */
final class SegmentEnumerator implements SplitEnumerator<SegmentSplit, SegmentEnumeratorState> {

  private static final Logger LOG = LoggerFactory.getLogger(SegmentEnumerator.class);

  private final SplitEnumeratorContext<SegmentSplit> context;
  private final ObjectStore store;
  private final SegmentLog log;
  private final CommittedPositions positions;
  private final Duration pollInterval;
  private final Set<LaneId> assigned = ConcurrentHashMap.newKeySet();
  private final Set<LaneId> drained = ConcurrentHashMap.newKeySet();
  private int nextReader;

  SegmentEnumerator(
      SplitEnumeratorContext<SegmentSplit> context,
      ObjectStore store,
      CommittedPositions positions,
      Duration pollInterval,
      SegmentEnumeratorState state) {
    this.context = context;
    this.store = store;
    this.log = new SegmentLog(store);
    this.positions = positions;
    this.pollInterval = pollInterval;
    assigned.addAll(state.assignedLanes());
  }

  @Override
  public void start() {
    context.callAsync(this::findNewLanes, this::assign, 0, pollInterval.toMillis());
  }

  @Override
  public void handleSplitRequest(int subtask, @Nullable String hostname) {
    // Lanes are dealt out when they are found; a reader has nothing to ask for.
  }

  @Override
  public void addSplitsBack(List<SegmentSplit> splits, int subtask) {
    // The next listing finds them again, with the table's watermark in place of this position.
    splits.forEach(split -> assigned.remove(split.lane()));
  }

  @Override
  public void addReader(int subtask) {
    // Lanes that wait for a reader are dealt out by the next listing.
  }

  @Override
  public void handleSourceEvent(int subtask, SourceEvent event) {
    if (!(event instanceof LanesDrainedEvent drainedEvent)) {
      throw new IllegalArgumentException("Source event: " + event);
    }

    for (String lane : drainedEvent.lanes()) {
      LaneId id = new LaneId(lane);
      drained.add(id);
      assigned.remove(id);
    }
  }

  @Override
  public SegmentEnumeratorState snapshotState(long checkpointId) {
    return SegmentEnumeratorState.of(assigned);
  }

  @Override
  public void close() {
    store.close();
  }

  private List<SegmentSplit> findNewLanes() {
    List<LaneId> lanes = new ArrayList<>(log.lanes());
    lanes.removeIf(lane -> assigned.contains(lane) || drained.contains(lane));
    if (lanes.isEmpty()) {
      return List.of();
    }

    LaneWatermarks committed = positions.load();
    List<SegmentSplit> splits = new ArrayList<>();
    for (LaneId lane : lanes) {
      SegmentSplit split = new SegmentSplit(lane, committed.sequence(lane.value()));
      if (isSealedAt(split)) {
        drained.add(lane);
      } else {
        splits.add(split);
      }
    }

    return splits;
  }

  private boolean isSealedAt(SegmentSplit split) {
    if (split.sequence() < 0) {
      return false;
    }

    try {
      return log.readFooter(new SegmentId(split.lane(), split.sequence())).isSeal();
    } catch (ObjectNotFoundException e) {
      // Committed segments are deleted after a while; what may follow is listed by the reader.
      return false;
    }
  }

  private void assign(@Nullable List<SegmentSplit> splits, @Nullable Throwable failure) {
    if (splits == null) {
      LOG.warn("Looking for new lanes failed, next try in {}", pollInterval, failure);
      return;
    }

    List<Integer> readers = context.registeredReaders().keySet().stream().sorted().toList();
    if (readers.isEmpty()) {
      return;
    }

    for (SegmentSplit split : splits) {
      // A listing may start before the lanes of the one before were dealt out.
      if (assigned.add(split.lane())) {
        int reader = readers.get(nextReader++ % readers.size());
        LOG.info("Lane {} goes to reader {}, from {}", split.lane(), reader, split.sequence());
        context.assignSplit(split, reader);
      }
    }
  }
}
