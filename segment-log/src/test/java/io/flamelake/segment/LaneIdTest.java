/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LaneIdTest {
  @Test
  void isDistinctAndLegalWhateverTheClockSays() {
    Set<LaneId> ids = new HashSet<>();
    for (long millis : new long[] {0, 1_767_225_600_000L, (1L << 48) - 1, -1}) {
      Clock clock = Clock.fixed(Instant.ofEpochMilli(millis), ZoneOffset.UTC);
      for (int i = 0; i < 100; i++) {
        ids.add(LaneId.random(clock));
      }
    }

    assertThat(ids).hasSize(400);
  }

  @Test
  void sortsByTime() {
    LaneId early = LaneId.random(Clock.fixed(Instant.ofEpochSecond(1000), ZoneOffset.UTC));
    LaneId late = LaneId.random(Clock.fixed(Instant.ofEpochSecond(1001), ZoneOffset.UTC));

    assertThat(early).isLessThan(late);
  }

  @Test
  void refusesOtherNames() {
    assertThatThrownBy(() -> new LaneId("lane"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Lane id: lane (expected: a ULID)");
  }
}
