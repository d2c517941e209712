/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.source;

import static java.util.Objects.requireNonNull;

import io.flamelake.segment.SegmentId;
import java.time.Duration;
import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * Emits a reference to each segment of the log, in order of sequence within a lane; lanes have no
 * order among each other. A split is a lane, so its state is one number, never a set of paths.
 *
 * <p>The table is the truth: whenever a reader or the enumerator starts, the position of a lane is
 * the table's watermark, whatever Flink's state says. What the state is kept for is which reader
 * holds which lane.
 */
public final class SegmentSource
    implements Source<SegmentId, SegmentSplit, SegmentEnumeratorState> {

  private static final long serialVersionUID = 1L;

  private final SegmentLogLocation log;
  private final CommittedPositions positions;
  private final Duration pollInterval;

  /**
   * @param pollInterval the pause between two looks for new lanes, and for new segments of a lane
   *     that had none
   */
  public SegmentSource(
      SegmentLogLocation log, CommittedPositions positions, Duration pollInterval) {
    this.log = requireNonNull(log, "log");
    this.positions = requireNonNull(positions, "positions");
    this.pollInterval = requireNonNull(pollInterval, "pollInterval");
  }

  @Override
  public Boundedness getBoundedness() {
    return Boundedness.CONTINUOUS_UNBOUNDED;
  }

  @Override
  public SourceReader<SegmentId, SegmentSplit> createReader(SourceReaderContext context) {
    return new SegmentSourceReader(log, positions, pollInterval, context);
  }

  @Override
  public SplitEnumerator<SegmentSplit, SegmentEnumeratorState> createEnumerator(
      SplitEnumeratorContext<SegmentSplit> context) {
    return new SegmentEnumerator(
        context, log.openStore(), positions, pollInterval, SegmentEnumeratorState.NONE);
  }

  @Override
  public SplitEnumerator<SegmentSplit, SegmentEnumeratorState> restoreEnumerator(
      SplitEnumeratorContext<SegmentSplit> context, SegmentEnumeratorState state) {
    return new SegmentEnumerator(context, log.openStore(), positions, pollInterval, state);
  }

  @Override
  public SimpleVersionedSerializer<SegmentSplit> getSplitSerializer() {
    return new SegmentSplitSerializer();
  }

  @Override
  public SimpleVersionedSerializer<SegmentEnumeratorState> getEnumeratorCheckpointSerializer() {
    return new SegmentEnumeratorStateSerializer();
  }
}
