/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.loop;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TicksTest {

  @Test
  void tickAtMultiplesOfTheIntervalMovedByTheHash() {
    Ticks ticks = new Ticks(15_000, 15_000 * 7 + 4_000);

    assertThat(ticks.timeMillis(ticks.next(0, -1))).isEqualTo(4_000);
    assertThat(ticks.timeMillis(ticks.next(4_000, -1))).isEqualTo(19_000);
    assertThat(ticks.timeMillis(ticks.next(18_999, -1))).isEqualTo(19_000);
  }

  @Test
  void aNegativeHashHasAnOffsetToo() {
    Ticks ticks = new Ticks(1_000, -1);

    assertThat(ticks.timeMillis(ticks.next(5_000, -1))).isEqualTo(5_999);
  }

  @Test
  void aTimerThatIsEarlyDoesNotRepeatATick() {
    Ticks ticks = new Ticks(1_000, 0);
    long tick = ticks.next(4_500, -1);

    assertThat(ticks.next(ticks.timeMillis(tick) - 1, tick)).isEqualTo(tick + 1);
  }

  @Test
  void aTickIsOverWhenTheNextComes() {
    Ticks ticks = new Ticks(1_000, 300);
    long tick = ticks.next(4_000, -1);

    assertThat(ticks.isOver(tick, 4_300)).isFalse();
    assertThat(ticks.isOver(tick, 5_299)).isFalse();
    assertThat(ticks.isOver(tick, 5_300)).isTrue();
  }

  @Test
  void aClockThatIsSetBackDoesNotStopTheTicks() {
    Ticks ticks = new Ticks(1_000, 0);
    long tick = ticks.next(3_600_000, -1);

    assertThat(ticks.timeMillis(ticks.next(10_000, tick))).isEqualTo(11_000);
  }
}
