/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import static io.flamelake.segment.TestRecords.ACME;
import static io.flamelake.segment.TestRecords.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.segment.store.FaultyObjectStore;
import io.flamelake.segment.store.FaultyObjectStore.Fault;
import io.flamelake.segment.store.InMemoryObjectStore;
import io.flamelake.segment.store.ObjectStoreException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LaneTest {
  private static final LaneRetry QUICK =
      new LaneRetry(3, Duration.ofMillis(1), Duration.ofMillis(2));

  private final InMemoryObjectStore memory = new InMemoryObjectStore();
  private final FaultyObjectStore store = new FaultyObjectStore(memory);
  private final SegmentLog log = new SegmentLog(memory);
  private final Lane lane = Lane.open(store, Clock.systemUTC(), QUICK);

  @Test
  void putsSegmentsInSequence() {
    assertThat(lane.append(segment(1)).sequence()).isZero();
    assertThat(lane.append(segment(2)).sequence()).isEqualTo(1);

    assertThat(log.segmentsAfter(lane.id(), -1))
        .extracting(SegmentId::sequence)
        .containsExactly(0L, 1L);
    assertThat(memory.get(new SegmentId(lane.id(), 1).key())).isEqualTo(segment(2));
  }

  @Test
  void opensLanesOfItsOwn() {
    assertThat(Lane.open(store, Clock.systemUTC()).id()).isNotEqualTo(lane.id());
    assertThat(log.lanes()).isEmpty();
  }

  @Test
  void storesOnceWhenTheAnswerIsLost() {
    store.nextPuts(Fault.STORED_BUT_TIMED_OUT);

    assertThat(lane.append(segment(1)).sequence()).isZero();
    assertThat(lane.append(segment(2)).sequence()).isEqualTo(1);
    assertThat(log.segmentsAfter(lane.id(), -1)).hasSize(2);
  }

  @Test
  void storesOnceWhenThePutIsLost() {
    store.nextPuts(Fault.LOST_AND_TIMED_OUT, Fault.REFUSED);

    assertThat(lane.append(segment(1)).sequence()).isZero();
    assertThat(store.putCount()).isEqualTo(3);
  }

  @Test
  void looksAgainWhenWhatIsThereCannotBeRead() {
    store.nextPuts(Fault.STORED_BUT_TIMED_OUT).failReads(1);

    assertThat(lane.append(segment(1)).sequence()).isZero();
    assertThat(log.segmentsAfter(lane.id(), -1)).hasSize(1);
  }

  @Test
  void canGoOnAfterAPutThatCertainlyFailed() {
    store.nextPuts(Fault.REFUSED, Fault.REFUSED, Fault.REFUSED);

    assertThatThrownBy(() -> lane.append(segment(1)))
        .isInstanceOfSatisfying(
            ObjectStoreException.class,
            e -> assertThat(e.isOutcomeUnknown()).as("outcome unknown").isFalse())
        .hasMessage("Cannot put segment " + lane.id() + "/0 in 3 attempts");
    assertThat(lane.append(segment(2)).sequence()).isZero();
  }

  @Test
  void takesNothingWhileAnOutcomeIsUnknown() {
    store.nextPuts(Fault.REFUSED, Fault.STORED_BUT_TIMED_OUT).failReads(1);

    assertThatThrownBy(() -> lane.append(segment(1)))
        .isInstanceOfSatisfying(
            ObjectStoreException.class,
            e -> assertThat(e.isOutcomeUnknown()).as("outcome unknown").isTrue());
    assertThatThrownBy(() -> lane.append(segment(2)))
        .isInstanceOf(LaneFencedException.class)
        .hasMessage("It is not known whether segment " + lane.id() + "/0 was stored");
  }

  @Test
  void settlesUnknownOutcomeWithTheSeal() {
    store.otherPuts(Fault.LOST_AND_TIMED_OUT);
    assertThatThrownBy(() -> lane.append(segment(1))).isInstanceOf(ObjectStoreException.class);
    store.otherPuts(Fault.NONE);
    lane.seal();

    assertThat(isSeal(lane.id(), 0)).as("sealed in place of the lost segment").isTrue();

    Lane other = Lane.open(store, Clock.systemUTC(), QUICK);
    store.nextPuts(Fault.REFUSED, Fault.REFUSED, Fault.STORED_BUT_TIMED_OUT);
    assertThatThrownBy(() -> other.append(segment(1))).isInstanceOf(ObjectStoreException.class);
    other.seal();

    assertThat(isSeal(other.id(), 0)).as("sealed before the stored segment").isFalse();
    assertThat(isSeal(other.id(), 1)).as("sealed after the stored segment").isTrue();
  }

  @Test
  void meetsSealOfAReader() {
    lane.append(segment(1));
    SegmentId seal = log.seal(lane.id());

    assertThat(seal.sequence()).isEqualTo(1);
    assertThatThrownBy(() -> lane.append(segment(2)))
        .isInstanceOf(LaneSealedException.class)
        .hasMessage("Lane " + lane.id() + " is sealed at 1: its writer was taken for dead");
    assertThatThrownBy(() -> lane.append(segment(3))).isInstanceOf(LaneSealedException.class);
    assertThat(log.segmentsAfter(lane.id(), -1)).hasSize(2);

    lane.seal();
    assertThat(log.segmentsAfter(lane.id(), -1)).hasSize(2);
  }

  @Test
  void meetsAnotherWriter() {
    memory.putIfAbsent(new SegmentId(lane.id(), 0).key(), segment(9));

    assertThatThrownBy(() -> lane.append(segment(1)))
        .isInstanceOf(LaneFencedException.class)
        .hasMessageStartingWith("Another writer put a segment at segments/" + lane.id());
    assertThatThrownBy(lane::seal).isInstanceOf(LaneFencedException.class);
  }

  @Test
  void meetsForeignObject() {
    memory.putIfAbsent(new SegmentId(lane.id(), 0).key(), "not a segment".getBytes(UTF_8));

    assertThatThrownBy(() -> lane.append(segment(1)))
        .isInstanceOf(LaneFencedException.class)
        .hasMessageContaining("it is no segment");
  }

  @Test
  void sealsItself() {
    lane.append(segment(1));
    lane.seal();
    lane.seal();

    assertThat(isSeal(lane.id(), 1)).as("sealed").isTrue();
    assertThat(log.segmentsAfter(lane.id(), -1)).hasSize(2);
    assertThatThrownBy(() -> lane.append(segment(2)))
        .isInstanceOf(LaneSealedException.class)
        .hasMessage("Lane " + lane.id() + " is sealed at 1: closed by its writer");
  }

  @Test
  void storesOnceWhenTheAnswerToTheSealIsLost() {
    store.nextPuts(Fault.STORED_BUT_TIMED_OUT);
    lane.seal();

    assertThat(log.segmentsAfter(lane.id(), -1)).hasSize(1);
  }

  @Test
  void keepsInterruptOfItsThread() {
    store.otherPuts(Fault.LOST_AND_TIMED_OUT);
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> lane.append(segment(1)))
        .isInstanceOf(ObjectStoreException.class)
        .hasMessage("Interrupted while putting segment " + lane.id() + "/0");
    assertThat(Thread.interrupted()).as("interrupted").isTrue();
  }

  @Test
  void hasOneSealAndNoLateSegmentHoweverManyThreadsRace() throws Exception {
    int rounds = 30;
    for (int round = 0; round < rounds; round++) {
      raceOneLane();
    }
  }

  @Test
  void doublesBackoffUpToItsLimit() {
    LaneRetry retry = new LaneRetry(10, Duration.ofMillis(100), Duration.ofMillis(350));

    assertThat(retry.backoffAfter(1)).isEqualTo(Duration.ofMillis(100));
    assertThat(retry.backoffAfter(2)).isEqualTo(Duration.ofMillis(200));
    assertThat(retry.backoffAfter(3)).isEqualTo(Duration.ofMillis(350));
    assertThat(retry.backoffAfter(9)).isEqualTo(Duration.ofMillis(350));
  }

  private void raceOneLane() throws Exception {
    int sealers = 7;
    Lane raced = Lane.open(memory, Clock.systemUTC(), QUICK);
    raced.append(segment(1));
    CountDownLatch start = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(sealers + 1);
    try {
      Future<List<SegmentId>> appended = threads.submit(() -> appendUntilClosed(raced, start));
      List<Future<SegmentId>> seals = new ArrayList<>();
      for (int i = 0; i < sealers; i++) {
        seals.add(
            threads.submit(
                () -> {
                  start.await();
                  return log.seal(raced.id());
                }));
      }

      start.countDown();
      List<SegmentId> acknowledged = appended.get(30, TimeUnit.SECONDS);
      List<SegmentId> all = log.segmentsAfter(raced.id(), -1);
      SegmentId last = all.get(all.size() - 1);
      for (Future<SegmentId> seal : seals) {
        assertThat(seal.get(30, TimeUnit.SECONDS)).isEqualTo(last);
      }

      assertThat(isSeal(raced.id(), last.sequence())).as("last is the seal").isTrue();
      assertThat(all.subList(0, all.size() - 1))
          .hasSize(acknowledged.size() + 1)
          .containsAll(acknowledged)
          .noneMatch(id -> isSeal(id.lane(), id.sequence()));
    } finally {
      threads.shutdownNow();
    }
  }

  private static List<SegmentId> appendUntilClosed(Lane raced, CountDownLatch start)
      throws InterruptedException {
    List<SegmentId> acknowledged = new ArrayList<>();
    start.await();
    try {
      for (int i = 2; ; i++) {
        acknowledged.add(raced.append(segment(i)));
      }
    } catch (LaneSealedException e) {
      return acknowledged;
    }
  }

  private boolean isSeal(LaneId id, long sequence) {
    return log.read(new SegmentId(id, sequence)).isSeal();
  }

  private static byte[] segment(int number) {
    SegmentWriter writer = new SegmentWriter();
    writer.add(ACME, record(number, Arrays.copyOf(new byte[] {(byte) number}, 10)));
    return writer.finish();
  }
}
