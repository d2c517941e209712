/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.flink.GoldenFiles;
import io.flamelake.flink.delta.SeriesBaselines.Outcome;
import io.flamelake.flink.delta.SeriesBaselines.Step;
import java.io.IOException;
import java.util.List;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class SeriesBaselinesTest {

  private static final long TTL = 1_000_000;
  private static final long OLD = 0x7f00_0000_1000L;
  private static final long NEW = 0x7f00_0000_2000L;
  private static final String GOLDEN = "series-baselines-v1.bin";

  private final SeriesBaselinesSerializer serializer = new SeriesBaselinesSerializer();
  private final CheckpointHistory checkpoints = new CheckpointHistory();
  private SeriesBaselines state = SeriesBaselines.EMPTY;

  private Step push(long process, long time, long... idsAndValues) {
    Baseline profile = new Baseline(process, time, time, values(idsAndValues));
    Step step = state.advance(profile, state.showsRestart(profile), place(time), checkpoints, TTL);
    state = step.next();
    return step;
  }

  private static long place(long time) {
    return -time;
  }

  private static StackValues values(long... idsAndValues) {
    long[] ids = new long[idsAndValues.length / 2];
    long[] values = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = idsAndValues[2 * i];
      values[i] = idsAndValues[2 * i + 1];
    }

    return new StackValues(ids, values);
  }

  private static void assertStep(Step step, Outcome outcome, long... idsAndValues) {
    assertThat(step.outcome()).isEqualTo(outcome);
    assertThat(step.delta()).isEqualTo(values(idsAndValues));
  }

  @Test
  void firstProfileIsTheBaseLineOfTheNext() {
    assertStep(push(OLD, 1, 1, 10, 2, 20), Outcome.FIRST);
    assertStep(push(OLD, 2, 1, 15, 2, 20, 3, 7), Outcome.CONTINUED, 1, 5, 3, 7);
    assertStep(push(OLD, 3, 1, 15, 2, 20, 3, 7), Outcome.CONTINUED);
    assertStep(push(OLD, 4, 1, 15, 2, 21, 3, 7), Outcome.CONTINUED, 2, 1);
  }

  @Test
  void newProcessCountsInFullThoughItHasMoreOfEverything() {
    push(OLD, 1, 1, 10);
    assertStep(push(NEW, 2, 1, 12, 2, 1), Outcome.RESTARTED, 1, 12, 2, 1);
    assertStep(push(NEW, 3, 1, 13, 2, 1), Outcome.CONTINUED, 1, 1);
  }

  @Test
  void processThatIsNotToldIsNewWhenAStackHasLess() {
    push(ProcessIdentity.UNKNOWN, 1, 1, 10, 2, 5);
    assertStep(push(ProcessIdentity.UNKNOWN, 2, 1, 100, 2, 4), Outcome.RESTARTED, 1, 100, 2, 4);
    assertStep(push(ProcessIdentity.UNKNOWN, 3, 1, 200), Outcome.RESTARTED, 1, 200);
    assertStep(push(ProcessIdentity.UNKNOWN, 4, 1, 201, 7, 1), Outcome.CONTINUED, 1, 1, 7, 1);
  }

  @Test
  void processAtTheSameAddressIsNewWhenTheTotalIsLess() {
    push(OLD, 1, 1, 10, 2, 5);
    assertStep(push(OLD, 2, 1, 11, 2, 3), Outcome.RESTARTED, 1, 11, 2, 3);
  }

  @Test
  void stacksOfAKnownProcessMayComeAndGo() {
    push(OLD, 1, 1, 10, 2, 5);
    assertStep(push(OLD, 2, 1, 16), Outcome.CONTINUED, 1, 6);
    assertStep(push(OLD, 3, 1, 17, 2, 6), Outcome.CONTINUED, 1, 1, 2, 1);
  }

  @Test
  void replicasWithTheSameLabelsHaveBaseLinesOfTheirOwn() {
    push(OLD, 1, 1, 10);
    assertStep(push(NEW, 2, 1, 1_000), Outcome.RESTARTED, 1, 1_000);
    assertStep(push(OLD, 3, 1, 11), Outcome.CONTINUED, 1, 1);
    assertStep(push(NEW, 4, 1, 1_002), Outcome.CONTINUED, 1, 2);
  }

  @Test
  void profileThatComesTooLateIsPartOfTheNextOne() {
    push(OLD, 1, 1, 10);
    assertStep(push(OLD, 3, 1, 17), Outcome.CONTINUED, 1, 7);
    assertStep(push(OLD, 2, 1, 12), Outcome.LATE);
    assertStep(push(OLD, 4, 1, 20), Outcome.CONTINUED, 1, 3);
  }

  @Test
  void lateProfileOfTheProcessBeforeTheRestartStillCounts() {
    push(OLD, 1, 1, 10);
    assertStep(push(NEW, 3, 1, 4), Outcome.RESTARTED, 1, 4);
    assertStep(push(OLD, 2, 1, 12), Outcome.CONTINUED, 1, 2);
    assertStep(push(NEW, 4, 1, 5), Outcome.CONTINUED, 1, 1);
  }

  @Test
  void profileThatDoesNotTellBelongsToTheProcessSeenLast() {
    push(OLD, 1, 1, 10);
    assertStep(push(ProcessIdentity.UNKNOWN, 2, 1, 11), Outcome.CONTINUED, 1, 1);
    assertStep(push(OLD, 3, 1, 13), Outcome.CONTINUED, 1, 2);
    state = SeriesBaselines.EMPTY;
    push(ProcessIdentity.UNKNOWN, 1, 1, 10);
    assertStep(push(OLD, 2, 1, 11), Outcome.CONTINUED, 1, 1);
    assertStep(push(NEW, 3, 1, 11), Outcome.RESTARTED, 1, 11);
  }

  @Test
  void whatIsReadAgainIsHandedOnAgain() {
    push(OLD, 1, 1, 10);
    push(OLD, 2, 1, 12);
    push(NEW, 3, 1, 5);
    assertStep(push(OLD, 1, 1, 10), Outcome.LATE);
    assertStep(push(OLD, 2, 1, 12), Outcome.LATE, 1, 2);
    assertStep(push(NEW, 3, 1, 5), Outcome.LATE, 1, 5);
  }

  @Test
  void whatIsSurelyCommittedIsNotKept() {
    checkpoints.passed(7);
    push(OLD, 1, 1, 10);
    push(OLD, 2, 1, 12);
    for (long checkpoint = 8; checkpoint < 10; checkpoint++) {
      checkpoints.passed(checkpoint);
      checkpoints.completed(checkpoint);
      push(OLD, checkpoint, 1, 20 + checkpoint);
      assertThat(state.uncommitted()).extracting(UncommittedDelta::checkpoint).contains(7L);
    }

    checkpoints.passed(10);
    checkpoints.completed(10);
    push(OLD, 10, 1, 40);
    assertThat(state.uncommitted())
        .extracting(UncommittedDelta::checkpoint)
        .containsExactly(8L, 9L, 10L);
  }

  @Test
  void forgetsProcessesThatWereSilentForTooLong() {
    push(OLD, 1, 1, 10);
    push(NEW, 2, 1, 3);
    push(NEW, TTL + 2, 1, 4);
    assertThat(state.baselines()).extracting(Baseline::process).containsExactly(NEW);
    assertThat(state.withoutExpired(TTL + 2)).isSameAs(state);
    assertThat(state.withoutExpired(TTL + 3).isEmpty()).as("empty").isTrue();
    assertStep(push(OLD, 3 * TTL, 1, 1), Outcome.FIRST);
  }

  @Test
  void takesACommittedBaseLineThatIsNewer() {
    push(OLD, 2, 1, 10);
    state = state.seeded(new Baseline(OLD, 1, 1, values(1, 5)));
    assertStep(push(OLD, 3, 1, 11), Outcome.CONTINUED, 1, 1);
    state = state.seeded(new Baseline(OLD, 4, 4, values(1, 20)));
    assertStep(push(OLD, 5, 1, 21), Outcome.CONTINUED, 1, 1);
    assertThat(state.baselines()).hasSize(1);
  }

  @Test
  void survivesSerialization() throws IOException {
    checkpoints.passed(6);
    push(OLD, 1, Long.MIN_VALUE, 10, 3, 4);
    push(OLD, 2, Long.MIN_VALUE, 11, 3, 4, 5, Long.MAX_VALUE);
    push(NEW, 3, 9, 9);
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(state, out);
    GoldenFiles.assertSame(GOLDEN, out.getCopyOfBuffer());

    SeriesBaselines read =
        serializer.deserialize(new DataInputDeserializer(GoldenFiles.load(GOLDEN)));
    assertThat(read).isEqualTo(state);
    assertThat(read.uncommitted())
        .isEqualTo(
            List.of(
                new UncommittedDelta(place(2), 6, values(Long.MIN_VALUE, 1, 5, Long.MAX_VALUE)),
                new UncommittedDelta(place(3), 6, values(9, 9))));
  }

  @Test
  void refusesVersionsItDoesNotKnow() {
    assertThatThrownBy(
            () -> serializer.deserialize(new DataInputDeserializer(new byte[] {0, 0, 0, 9})))
        .isInstanceOf(IOException.class)
        .hasMessage("Base lines of version 9 (expected: 1)");
  }
}
