/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.source;

import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;

/** The moving position of a lane; owned by the task thread. */
final class SegmentSplitState {

  private final LaneId lane;
  private long sequence;

  SegmentSplitState(SegmentSplit split) {
    this.lane = split.lane();
    this.sequence = split.sequence();
  }

  void advanceTo(SegmentId segment) {
    sequence = segment.sequence();
  }

  SegmentSplit toSplit() {
    return new SegmentSplit(lane, sequence);
  }
}
