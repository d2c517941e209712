/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.source;

import static java.util.Objects.requireNonNull;

import io.flamelake.segment.LaneId;
import org.apache.flink.api.connector.source.SourceSplit;

/**
 * One lane and how far it was handed on.
 *
 * @param sequence the last segment that was emitted, -1 before the first
 */
public record SegmentSplit(LaneId lane, long sequence) implements SourceSplit {

  public SegmentSplit {
    requireNonNull(lane, "lane");
    if (sequence < -1) {
      throw new IllegalArgumentException("sequence: " + sequence + " (expected: >= -1)");
    }
  }

  @Override
  public String splitId() {
    return lane.value();
  }
}
