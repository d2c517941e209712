/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class TimeGridTest {
  @Test
  void countsAnInstantTowardsThePointThatEndsItsStep() {
    TimeGrid grid = new TimeGrid(1_000, 3_500, 1_000);

    assertThat(grid.size()).isEqualTo(3);
    assertThat(grid.pointAt(0)).isEqualTo(-1);
    assertThat(grid.pointAt(1)).isZero();
    assertThat(grid.pointAt(1_000_000)).isZero();
    assertThat(grid.pointAt(1_000_001)).isEqualTo(1);
    assertThat(grid.pointAt(3_000_000)).isEqualTo(2);
    assertThat(grid.pointAt(3_000_001)).isEqualTo(3);
  }

  @Test
  void rangeHoldsExactlyWhatCounts() {
    TimeGrid grid = new TimeGrid(1_000, 3_500, 1_000);

    assertThat(grid.range()).isEqualTo(new TimeRange(1, 3_000_001));
  }

  @Test
  void refusesGridsThatNoChartShows() {
    assertThatThrownBy(() -> new TimeGrid(0, 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("stepMillis: 0 (expected: >= 1)");
    assertThatThrownBy(() -> new TimeGrid(0, 1_000_000, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("stepMillis: 1 (expected: at most 100000 points)");
  }

  @Test
  void saturatesRanges() {
    assertThat(TimeRange.ofMillis(Long.MIN_VALUE, Long.MAX_VALUE))
        .isEqualTo(new TimeRange(Long.MIN_VALUE, Long.MAX_VALUE));
    assertThat(TimeRange.ofMillis(5, 5).isEmpty()).isTrue();
  }
}
