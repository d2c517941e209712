/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofLimits;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class ProfileHistoryTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final int DAYS = 3;

  private final ProfileHistory history = new ProfileHistory(START, DAYS, 7);

  @Test
  void isTheFleetOfTheSimulatedMonth() {
    assertThat(history.series()).hasSize(2 * 5 * 2 * 2);
    assertThat(history.minutes() * history.series().size()).isEqualTo(3 * 57_600);
    assertThat(history.end()).isEqualTo(START.plus(Duration.ofDays(DAYS)));
  }

  @Test
  void repeatsItselfForTheSameSeed() {
    ProfileHistory again = new ProfileHistory(START, DAYS, 7);
    HistorySeries series = history.series().get(11);
    assertThat(again.pprof(series, 4000)).isEqualTo(history.pprof(series, 4000));
    assertThat(again.id(series, 4000)).isEqualTo(history.id(series, 4000));
    assertThat(new ProfileHistory(START, DAYS, 8).pprof(series, 4000))
        .isNotEqualTo(history.pprof(series, 4000));
  }

  @Test
  void givesEveryProfileAnIdOfItsOwn() {
    Set<Object> ids = new HashSet<>();
    for (HistorySeries series : history.series()) {
      for (int minute = 0; minute < history.minutes(); minute += 7) {
        assertThat(ids.add(history.id(series, minute))).isTrue();
      }
    }
  }

  @Test
  void writesPprofsWhoseTotalsItKnows() {
    for (HistorySeries series : history.series()) {
      int minute = 97 * series.index();
      byte[] pprof = history.pprof(series, minute);
      assertThat(BruteForce.total(List.of(pprof), series.type().sampleType()))
          .isEqualTo(history.total(series, minute))
          .isPositive();
      assertThat(TestProfiles.parse(pprof).getTimeNanos())
          .isEqualTo(TimeUnit.MILLISECONDS.toNanos(history.time(minute).toEpochMilli()));
      assertThat(PprofDecoder.decode(pprof, 0, pprof.length, PprofLimits.STORED).sampleCount())
          .isEqualTo(TestProfiles.parse(pprof).getSampleCount())
          .isGreaterThan(5);
    }
  }

  @Test
  void showsNewStacksEachDay() {
    PushedHistory pushed = pushAll();
    Instant day2 = START.plus(Duration.ofDays(1));
    Predicate<HistorySeries> cart = series -> series.service().equals("cart");
    assertThat(pushed.foldedStacks(cart, START, day2).keySet())
        .anyMatch(stack -> stack.contains("cart.release0"))
        .noneMatch(stack -> stack.contains("release1"));
    assertThat(pushed.foldedStacks(cart, day2, day2.plus(Duration.ofDays(1))).keySet())
        .anyMatch(stack -> stack.contains("cart.release1"));
  }

  @Test
  void answersWhatTheProfilesOfARangeAddUpTo() {
    PushedHistory pushed = pushAll();
    Instant from = START.plus(Duration.ofMinutes(61)).plusSeconds(1);
    Instant to = START.plus(Duration.ofMinutes(140)).plusSeconds(1);
    Predicate<HistorySeries> selected =
        series ->
            series.tenant().value().equals("south")
                && series.type().equals(ProfileSynthesizer.CPU)
                && !series.pod().equals("ads-1");
    List<byte[]> pprofs = new ArrayList<>();
    for (HistorySeries series : history.series()) {
      for (int minute = 62; selected.test(series) && minute <= 140; minute++) {
        pprofs.add(history.pprof(series, minute));
      }
    }

    assertThat(pprofs).hasSize(9 * 79);
    assertThat(pushed.profiles(selected, from, to)).isEqualTo(pprofs.size());
    assertThat(pushed.total(selected, from, to)).isEqualTo(BruteForce.total(pprofs, "cpu"));
    assertThat(pushed.foldedStacks(selected, from, to))
        .isEqualTo(BruteForce.foldedStacks(pprofs, "cpu"));
    assertThat(pushed.seen(selected, from, to)).hasSize(9);
    assertThat(pushed.seen(selected, from, from)).isEmpty();
    Set<Instant> times = new HashSet<>();
    pushed.visitTotals(
        selected,
        from,
        to,
        (series, time, total) -> {
          times.add(time);
          assertThat(total).isEqualTo(history.total(series, history.firstMinuteAt(time)));
        });
    assertThat(times).hasSize(79).contains(history.time(62), history.time(140));
  }

  @Test
  void countsOnlyWhatWasPushedAndIsStillThere() {
    PushedHistory pushed = new PushedHistory(history);
    HistorySeries series = history.series().get(0);
    pushed.add(series, 5);
    pushed.add(series, 9);
    assertThat(pushed.total(any -> true, START, history.end()))
        .isEqualTo(history.total(series, 5) + history.total(series, 9));
    pushed.remove(series, START, history.time(9));
    assertThat(pushed.has(series, 5)).isFalse();
    assertThat(pushed.total(any -> true, START, history.end())).isEqualTo(history.total(series, 9));
  }

  @Test
  void refusesAStartWithinAnHour() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ProfileHistory(START.plusSeconds(1), 1, 0))
        .withMessage("start: 2026-01-01T00:00:01Z (expected: a full hour)");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ProfileHistory(START, 0, 0))
        .withMessage("days: 0 (expected: > 0)");
  }

  private PushedHistory pushAll() {
    PushedHistory pushed = new PushedHistory(history);
    for (HistorySeries series : history.series()) {
      for (int minute = 0; minute < history.minutes(); minute++) {
        pushed.add(series, minute);
      }
    }

    return pushed;
  }
}
