/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.catalog.PartitionVersion;
import io.flamelake.flink.maintenance.rollup.Attempts.Subject;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class AttemptsTest {

  private static final Instant NOON = Instant.parse("2026-01-05T12:00:00Z");
  private static final Subject SUBJECT = subject(1);

  private final Attempts attempts = new Attempts();

  @Test
  void holdsBackWhatWasTriedTwice() {
    assertThat(mayTry(SUBJECT, NOON)).isTrue();
    assertThat(mayTry(SUBJECT, NOON)).isTrue();
    assertThat(mayTry(SUBJECT, NOON.plusSeconds(59))).isFalse();
    assertThat(mayTry(SUBJECT, NOON.plusSeconds(60))).isTrue();
    assertThat(mayTry(SUBJECT, NOON.plusSeconds(60 + 119))).isFalse();
    assertThat(mayTry(SUBJECT, NOON.plusSeconds(60 + 120))).isTrue();
  }

  @Test
  void triesAnotherVersionAtOnce() {
    mayTry(SUBJECT, NOON);
    mayTry(SUBJECT, NOON);

    assertThat(mayTry(subject(2), NOON)).isTrue();
  }

  @Test
  void triesAgainAtLeastOnceInAboutAnHour() {
    Instant time = NOON;
    for (int i = 0; i < 30; i++) {
      time = time.plus(Duration.ofMinutes(64));
      assertThat(mayTry(SUBJECT, time)).isTrue();
    }
  }

  @Test
  void forgetsWhatIsNotDueAnyMore() {
    mayTry(SUBJECT, NOON);
    mayTry(SUBJECT, NOON);
    attempts.begin();

    assertThat(mayTry(SUBJECT, NOON)).isTrue();
  }

  private boolean mayTry(Subject subject, Instant time) {
    attempts.begin();
    return attempts.mayTry(subject, time);
  }

  private static Subject subject(long sequence) {
    return new Subject(FlamePeriod.HOUR, "a", 7, new PartitionVersion(sequence, 1));
  }
}
