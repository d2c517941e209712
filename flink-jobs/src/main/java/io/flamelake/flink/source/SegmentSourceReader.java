/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.source;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.segment.SegmentId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.connector.base.source.reader.SingleThreadMultiplexSourceReaderBase;

/** Follows the lanes it was given; one fetcher thread polls them all. */
final class SegmentSourceReader
    extends SingleThreadMultiplexSourceReaderBase<
        SegmentId, SegmentId, SegmentSplit, SegmentSplitState> {

  private final CommittedPositions positions;
  private boolean started;

  SegmentSourceReader(
      SegmentLogLocation log,
      CommittedPositions positions,
      Duration pollInterval,
      SourceReaderContext context) {
    super(
        () -> new SegmentSplitReader(log.openStore(), positions, pollInterval),
        new SegmentRecordEmitter(),
        context.getConfiguration(),
        context);
    this.positions = positions;
  }

  @Override
  public void start() {
    started = true;
    super.start();
  }

  @Override
  public void addSplits(List<SegmentSplit> splits) {
    // Flink restores splits before it starts the reader; the enumerator assigns them afterwards.
    super.addSplits(started ? splits : movedToTable(splits));
  }

  private List<SegmentSplit> movedToTable(List<SegmentSplit> restored) {
    LaneWatermarks committed = positions.load();
    return restored.stream()
        .map(s -> new SegmentSplit(s.lane(), committed.sequence(s.lane().value())))
        .toList();
  }

  @Override
  protected void onSplitFinished(Map<String, SegmentSplitState> finished) {
    context.sendSourceEventToCoordinator(
        new LanesDrainedEvent(finished.keySet().stream().sorted().toList()));
  }

  @Override
  protected SegmentSplitState initializedState(SegmentSplit split) {
    return new SegmentSplitState(split);
  }

  @Override
  protected SegmentSplit toSplitType(String splitId, SegmentSplitState state) {
    return state.toSplit();
  }
}
