/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.catalog.LaneRanges.Range;
import io.flamelake.catalog.LaneWatermarks.Coverage;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LaneWatermarksTest {
  private static final LaneWatermarks AT_TEN =
      LaneWatermarks.ofSequences(Map.of("A", 10L, "B", 3L));

  @Test
  void survivesTheWayThroughProperties() {
    assertThat(AT_TEN.toProperties())
        .containsExactly(Map.entry("flamelake.lane.A", "10"), Map.entry("flamelake.lane.B", "3"));
    assertThat(LaneWatermarks.ofProperties(AT_TEN.toProperties())).isEqualTo(AT_TEN);
  }

  @Test
  void ignoresOtherProperties() {
    assertThat(LaneWatermarks.ofProperties(Map.of("write.format.default", "parquet")))
        .isEqualTo(LaneWatermarks.NONE);
  }

  @Test
  void refusesPropertyThatIsNoSequence() {
    for (String value : new String[] {"ten", "", "-2", "99999999999999999999"}) {
      assertThatThrownBy(() -> LaneWatermarks.ofProperties(Map.of("flamelake.lane.A", value)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "Table property flamelake.lane.A: " + value + " (expected: a sequence number)");
    }
  }

  @Test
  void isBeforeTheFirstSegmentOfUnknownLane() {
    assertThat(AT_TEN.sequence("C")).isEqualTo(-1);
    assertThat(AT_TEN.covers("C", 0)).as("covers").isFalse();
    assertThat(AT_TEN.covers("A", 10)).as("covers").isTrue();
    assertThat(AT_TEN.covers("A", 11)).as("covers").isFalse();
  }

  @Test
  void neverMovesBack() {
    LaneWatermarks advanced = AT_TEN.advancedTo(Map.of("A", 5L, "B", 4L, "C", 0L));

    assertThat(advanced.asMap()).isEqualTo(Map.of("A", 10L, "B", 4L, "C", 0L));
    assertThat(AT_TEN.asMap()).isEqualTo(Map.of("A", 10L, "B", 3L));
    assertThat(advanced.toSummary()).isEqualTo("A=10,B=4,C=0");
  }

  @Test
  void saysWhetherRangesCanBeCommitted() {
    assertThat(coverage(new Range(10, 12), new Range(3, 4))).isEqualTo(Coverage.NONE);
    assertThat(coverage(new Range(8, 10), new Range(-1, 2))).isEqualTo(Coverage.ALL);
    assertThat(coverage(new Range(8, 10), new Range(3, 4))).isEqualTo(Coverage.PART);
    assertThat(coverage(new Range(8, 12), new Range(3, 4))).isEqualTo(Coverage.PART);
    assertThat(coverage(new Range(11, 12), new Range(3, 4))).isEqualTo(Coverage.GAP);
    assertThat(AT_TEN.coverage(LaneRanges.of(Map.of("C", new Range(-1, 0)))))
        .isEqualTo(Coverage.NONE);
    assertThat(AT_TEN.coverage(LaneRanges.of(Map.of()))).isEqualTo(Coverage.ALL);
  }

  @Test
  void joinsRangesThatFollowEachOther() {
    LaneRanges first = LaneRanges.of(Map.of("A", new Range(-1, 4)));
    LaneRanges next = LaneRanges.of(Map.of("A", new Range(4, 6), "B", new Range(0, 1)));

    LaneRanges joined = first.followedBy(next);

    assertThat(joined.asMap()).isEqualTo(Map.of("A", new Range(-1, 6), "B", new Range(0, 1)));
    assertThat(LaneWatermarks.NONE.advancedTo(joined).asMap()).isEqualTo(Map.of("A", 6L, "B", 1L));
    assertThatThrownBy(() -> next.followedBy(first))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("expected: one that begins after 6");
  }

  @Test
  void refusesEmptyRange() {
    assertThatThrownBy(() -> new Range(3, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Range (3, 3] (expected: -1 <= from < to)");
  }

  private static Coverage coverage(Range laneA, Range laneB) {
    return AT_TEN.coverage(LaneRanges.of(Map.of("A", laneA, "B", laneB)));
  }
}
