/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.decode;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.flink.delta.CommittedBaselines;
import io.flamelake.flink.delta.DeltaRows;
import io.flamelake.flink.read.RawRecord;
import io.flamelake.flink.sink.ProfileTableRow;
import io.flamelake.flink.source.CommittedPositions;
import io.flamelake.flink.source.SegmentIdSerializer;
import io.flamelake.flink.source.SegmentLogLocation;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.store.ObjectStore;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.api.common.TaskInfo;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.runtime.state.KeyGroupRangeAssignment;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs {@link DecodeFunction}, after it has brought the base lines of cumulative profiles to where
 * the table is.
 *
 * <p>The job always goes on from the table's watermarks, and its state may be from elsewhere. A
 * state that is ahead, of a checkpoint that was not committed, knows what it handed on and does so
 * again. One that is behind, of an old savepoint, would count a second time what was committed
 * since, and where there is none, every series would begin anew: then the segments in between are
 * read once more for their base lines. If not all of them are there, or they are too many, base
 * lines of the state are forgotten, and a series without another loses one interval.
 */
public final class DecodeOperator extends KeyedProcessOperator<String, RawRecord, ProfileTableRow> {

  private static final long serialVersionUID = 1L;

  private static final Logger LOGGER = LoggerFactory.getLogger(DecodeOperator.class);

  /** The name that Flink gives to the timers of a keyed function. */
  private static final String TIMERS = "user-timers";

  private static final ListStateDescriptor<SegmentId> REACHED =
      new ListStateDescriptor<>("reached-segments-v1", new SegmentIdSerializer());

  private final DecodeFunction function;
  private final CommittedPositions positions;
  private final SegmentLogLocation log;
  private final Duration replayWindow;

  /** The last segment of each lane that a record came from; all tasks together have them all. */
  private transient Map<String, Long> reached;

  private transient ListState<SegmentId> reachedState;

  /** Where the base lines were when this task started. */
  private transient LaneWatermarks start;

  /**
   * @param replayWindow how far before the table's watermarks base lines are looked for
   */
  public DecodeOperator(
      DecodeFunction function,
      CommittedPositions positions,
      SegmentLogLocation log,
      Duration replayWindow) {
    super(function);
    this.function = requireNonNull(function, "function");
    this.positions = requireNonNull(positions, "positions");
    this.log = requireNonNull(log, "log");
    this.replayWindow = requireNonNull(replayWindow, "replayWindow");
  }

  @Override
  public void initializeState(StateInitializationContext context) throws Exception {
    super.initializeState(context);
    reached = new TreeMap<>();
    reachedState = context.getOperatorStateStore().getUnionListState(REACHED);
    if (context.isRestored()) {
      reachedState.get().forEach(this::note);
    }
  }

  @Override
  public void open() throws Exception {
    super.open();
    LaneWatermarks committed = positions.load();
    start = committed;
    if (!isAt(committed)) {
      replay(committed);
    }

    reached.clear();
    if (getRuntimeContext().getTaskInfo().getIndexOfThisSubtask() == 0) {
      // One task is enough to remember what is common to all.
      reached.putAll(committed.asMap());
    }
  }

  @Override
  public void processElement(StreamRecord<RawRecord> element) throws Exception {
    RawRecord raw = element.getValue();
    checkFollows(raw);
    super.processElement(element);
    note(raw.segment());
  }

  @Override
  public void snapshotState(StateSnapshotContext context) throws Exception {
    super.snapshotState(context);
    reachedState.update(
        reached.entrySet().stream()
            .map(lane -> new SegmentId(new LaneId(lane.getKey()), lane.getValue()))
            .toList());
  }

  /**
   * The reader asks the table as well where to begin. If another job commits to it meanwhile, the
   * two answers differ, and base lines lack what is between them: the next start is in time.
   */
  private void checkFollows(RawRecord raw) {
    LaneId lane = raw.segment().lane();
    if (raw.laneStart() > start.sequence(lane.value())) {
      throw new IllegalStateException(
          "Lane "
              + lane
              + " is read after segment "
              + raw.laneStart()
              + ", but was committed up to "
              + start.sequence(lane.value())
              + " a moment ago: another job commits to the same tables");
    }
  }

  private void note(SegmentId segment) {
    reached.merge(segment.lane().value(), segment.sequence(), Math::max);
  }

  private boolean isAt(LaneWatermarks committed) {
    return committed.asMap().entrySet().stream()
        .allMatch(
            lane ->
                reached.getOrDefault(lane.getKey(), LaneWatermarks.BEFORE_FIRST)
                    >= lane.getValue());
  }

  private void replay(LaneWatermarks committed) throws Exception {
    CommittedBaselines found;
    try (ObjectStore store = log.openStore()) {
      BaselineReplay replay =
          new BaselineReplay(new SegmentLog(store), this::isOfThisTask, replayWindow);
      replay.read(committed, reached);
      found = replay.found();
      LOGGER.info(
          "Base lines of {} services were found in the log, it had {}",
          found.services().size(),
          replay.isComplete() ? "all that the state lacks" : "not all that the state may lack");
      if (!replay.isComplete()) {
        forgetBaselines();
      }
    }

    InternalTimerService<VoidNamespace> timers =
        getInternalTimerService(TIMERS, VoidNamespaceSerializer.INSTANCE, this);
    for (String service : found.services()) {
      setCurrentKey(service);
      function.seed(found, service);
      timers.registerProcessingTimeTimer(
          VoidNamespace.INSTANCE, function.nextCleanup(timers.currentProcessingTime()));
    }
  }

  private boolean isOfThisTask(String service) {
    TaskInfo task = getRuntimeContext().getTaskInfo();
    return KeyGroupRangeAssignment.assignKeyToParallelOperator(
            service, task.getMaxNumberOfParallelSubtasks(), task.getNumberOfParallelSubtasks())
        == task.getIndexOfThisSubtask();
  }

  private void forgetBaselines() throws Exception {
    getKeyedStateBackend()
        .applyToAllKeys(
            VoidNamespace.INSTANCE,
            VoidNamespaceSerializer.INSTANCE,
            DeltaRows.BASELINES,
            (key, state) -> state.clear());
  }
}
