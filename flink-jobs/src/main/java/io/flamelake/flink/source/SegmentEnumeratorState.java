/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.source;

import io.flamelake.segment.LaneId;
import java.util.Collection;
import java.util.List;

/**
 * The lanes that readers hold. A lane that is in neither a reader nor here is found again by the
 * next listing, at the position that the table names, so nothing else needs to be kept.
 */
public record SegmentEnumeratorState(List<LaneId> assignedLanes) {

  static final SegmentEnumeratorState NONE = new SegmentEnumeratorState(List.of());

  public SegmentEnumeratorState {
    assignedLanes = assignedLanes.stream().sorted().toList();
  }

  static SegmentEnumeratorState of(Collection<LaneId> lanes) {
    return new SegmentEnumeratorState(List.copyOf(lanes));
  }
}
