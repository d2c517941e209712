/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.flink.GoldenFiles;
import io.flamelake.segment.LaneId;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SegmentSourceStateTest {

  private static final LaneId LANE = new LaneId("01J00000000000000000000001");
  private static final LaneId OTHER = new LaneId("01J00000000000000000000002");

  @Test
  void splitIsOneNumberPerLane() throws IOException {
    SegmentSplitSerializer serializer = new SegmentSplitSerializer();
    SegmentSplit split = new SegmentSplit(LANE, 41);
    byte[] bytes = serializer.serialize(split);
    GoldenFiles.assertSame("segment-split-v1.bin", bytes);
    assertThat(bytes).hasSize(36);
    assertThat(serializer.deserialize(1, bytes)).isEqualTo(split);
  }

  @Test
  void enumeratorKeepsTheLanesThatReadersHold() throws IOException {
    SegmentEnumeratorStateSerializer serializer = new SegmentEnumeratorStateSerializer();
    SegmentEnumeratorState state = SegmentEnumeratorState.of(List.of(OTHER, LANE));
    byte[] bytes = serializer.serialize(state);
    GoldenFiles.assertSame("segment-enumerator-v1.bin", bytes);
    assertThat(serializer.deserialize(1, bytes).assignedLanes()).containsExactly(LANE, OTHER);
  }

  @Test
  void refusesVersionsItDoesNotKnow() {
    assertThatThrownBy(() -> new SegmentSplitSerializer().deserialize(2, new byte[0]))
        .isInstanceOf(IOException.class)
        .hasMessage("Segment split of version 2 (expected: 1)");
    assertThatThrownBy(() -> new SegmentEnumeratorStateSerializer().deserialize(7, new byte[0]))
        .isInstanceOf(IOException.class)
        .hasMessage("Segment enumerator state of version 7 (expected: 1)");
  }
}
