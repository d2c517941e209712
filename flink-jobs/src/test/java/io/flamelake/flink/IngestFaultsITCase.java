/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.flink.Faults.Point;
import io.flamelake.flink.TestProfiles.TestProfile;
import io.flamelake.segment.Lane;
import io.flamelake.segment.SegmentId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Faults F3, F6, F7, F15, F22 and bad input B12, each against the ledger: profiles that count anew
 * each time, and heap profiles that count from the start of their process.
 */
class IngestFaultsITCase {

  private static final Duration TIMEOUT = Duration.ofMinutes(2);
  private static final int ROUNDS = 5;

  @TempDir private Path directory;

  private final TestProfiles profiles = new TestProfiles(7);
  private final SplittableRandom random = new SplittableRandom(7);
  private final List<GoProcess> firstHeaps = heaps("first");
  private final List<GoProcess> secondHeaps = heaps("second");
  private TestLake lake;
  private Lane first;
  private Lane second;

  @BeforeEach
  void openLake() {
    Faults.reset();
    lake = new TestLake(directory, FaultyCatalog.config(directory));
    first = lake.openLane();
    second = lake.openLane();
  }

  @AfterEach
  void closeLake() {
    Faults.reset();
    lake.close();
  }

  @ParameterizedTest
  @EnumSource(Point.class)
  void survivesTasksThatDieAtAPoint(Point point) throws Exception {
    try (EmbeddedFlink flink = EmbeddedFlink.start(lake.stateDirectory(), 1)) {
      flink.submit(lake.config().build()).awaitRunning(TIMEOUT);
      for (int round = 0; round < ROUNDS; round++) {
        Faults.arm(point);
        pushToBoth();
        int deaths = round + 1;
        Awaitility.await().atMost(TIMEOUT).until(() -> Faults.died() >= deaths);
      }

      lake.awaitCommitted(TIMEOUT, first.id(), second.id());
    }

    lake.assertExact();
  }

  @Test
  void survivesTasksThatDieAtRandom() throws Exception {
    try (EmbeddedFlink flink = EmbeddedFlink.start(lake.stateDirectory(), 2)) {
      flink.submit(lake.config().build()).awaitRunning(TIMEOUT);
      Faults.atRandom(0.1);
      for (int round = 0; round < 3 * ROUNDS; round++) {
        pushToBoth();
        Thread.sleep(200);
      }

      // Without data nothing would come by the places where tasks die.
      Awaitility.await()
          .atMost(TIMEOUT)
          .pollInterval(Duration.ofMillis(200))
          .until(
              () -> {
                pushToBoth();
                return Faults.died() >= 3;
              });
      Faults.atRandom(0);
      lake.awaitCommitted(TIMEOUT, first.id(), second.id());
    }

    lake.assertExact();
  }

  @Test
  void survivesSegmentsThatCannotBeReadForAWhile() throws Exception {
    SegmentId segment = lake.push(first, batch(5));
    Path file = lake.objectFile(segment);
    Path elsewhere = directory.resolve("elsewhere");
    try (EmbeddedFlink flink = EmbeddedFlink.start(lake.stateDirectory(), 1)) {
      JobHandle job = flink.submit(lake.config().pollInterval(Duration.ofSeconds(2)).build());
      job.awaitRunning(TIMEOUT);
      lake.awaitCommitted(TIMEOUT, first.id());
      SegmentId next = lake.push(first, batch(5));
      Files.move(lake.objectFile(next), elsewhere);
      lake.push(second, batch(5));
      lake.awaitCommitted(TIMEOUT, second.id());
      Files.move(elsewhere, lake.objectFile(next));
      lake.awaitCommitted(TIMEOUT, first.id(), second.id());
    }

    assertThat(file).exists();
    lake.assertExact();
  }

  @Test
  void goesOnFromTheTableWithoutAnyState() throws Exception {
    try (EmbeddedFlink flink = EmbeddedFlink.start(directory.resolve("state-1"), 1)) {
      flink.submit(lake.config().build()).awaitRunning(TIMEOUT);
      pushToBoth();
      lake.awaitCommitted(TIMEOUT, first.id());
      pushToBoth();
    }

    try (EmbeddedFlink flink = EmbeddedFlink.start(directory.resolve("state-2"), 1)) {
      flink.submit(lake.config().build()).awaitRunning(TIMEOUT);
      pushToBoth();
      lake.awaitCommitted(TIMEOUT, first.id(), second.id());
    }

    lake.assertExact();
  }

  @Test
  void goesOnFromTheTableWithAnOldSavepoint() throws Exception {
    Path state = lake.stateDirectory();
    Path old = directory.resolve("old");
    try (EmbeddedFlink flink = EmbeddedFlink.start(state, 1)) {
      flink.submit(lake.config().build()).awaitRunning(TIMEOUT);
      pushToBoth();
      flink.stopGracefully();
    }

    copy(state, old);
    try (EmbeddedFlink flink = EmbeddedFlink.start(state, 1)) {
      flink.submit(lake.config().build()).awaitRunning(TIMEOUT);
      for (int round = 0; round < ROUNDS; round++) {
        pushToBoth();
        lake.awaitCommitted(TIMEOUT, first.id(), second.id());
      }
    }

    pushToBoth();
    try (EmbeddedFlink flink = EmbeddedFlink.start(old, 1)) {
      flink.submit(lake.config().build()).awaitRunning(TIMEOUT);
      pushToBoth();
      lake.awaitCommitted(TIMEOUT, first.id(), second.id());
    }

    lake.assertExact();
  }

  @Test
  void goesOnFromTheTableWhenTheCheckpointIsUnreadable() throws Exception {
    try (EmbeddedFlink flink = EmbeddedFlink.start(lake.stateDirectory(), 1)) {
      flink.submit(lake.config().build()).awaitRunning(TIMEOUT);
      pushToBoth();
      flink.stopGracefully();
    }

    try (Stream<Path> files = Files.walk(lake.stateDirectory())) {
      for (Path file : files.filter(f -> f.endsWith("_metadata")).toList()) {
        Files.write(file, new byte[] {1, 2, 3}, StandardOpenOption.TRUNCATE_EXISTING);
      }
    }

    try (EmbeddedFlink flink = EmbeddedFlink.start(lake.stateDirectory(), 1)) {
      flink.submit(lake.config().build()).awaitRunning(TIMEOUT);
      pushToBoth();
      lake.awaitCommitted(TIMEOUT, first.id(), second.id());
    }

    lake.assertExact();
  }

  @Test
  void twoJobsByMistakeStoreEverythingOnce() throws Exception {
    try (EmbeddedFlink one = EmbeddedFlink.start(directory.resolve("state-1"), 1);
        EmbeddedFlink two = EmbeddedFlink.start(directory.resolve("state-2"), 1)) {
      one.submit(lake.config().build()).awaitRunning(TIMEOUT);
      two.submit(lake.config().build()).awaitRunning(TIMEOUT);
      for (int round = 0; round < 2 * ROUNDS; round++) {
        pushToBoth();
        Thread.sleep(150);
      }

      lake.awaitCommitted(TIMEOUT, first.id(), second.id());
    }

    lake.assertExact();
  }

  @Test
  void storesAProfileThatIsSentAgainOnce() throws Exception {
    List<TestProfile> sentAgain = batch(6);
    try (EmbeddedFlink flink = EmbeddedFlink.start(directory.resolve("state-1"), 1)) {
      flink.submit(lake.config().build()).awaitRunning(TIMEOUT);
      lake.push(first, sentAgain);
      lake.append(first, sentAgain);
      lake.append(second, sentAgain);
      lake.awaitCommitted(TIMEOUT, first.id(), second.id());
      lake.append(second, sentAgain);
      lake.awaitCommitted(TIMEOUT, first.id(), second.id());
      assertThat(flink.metrics().total(IngestCounter.ROWS_DUPLICATE)).isEqualTo(36);
    }

    try (EmbeddedFlink flink = EmbeddedFlink.start(directory.resolve("state-2"), 1)) {
      flink.submit(lake.config().build()).awaitRunning(TIMEOUT);
      lake.append(first, sentAgain);
      lake.awaitCommitted(TIMEOUT, first.id(), second.id());
    }

    lake.assertExact();
  }

  @Test
  void quarantinesACorruptSegmentAndGoesOnWithOtherLanes() throws Exception {
    lake.push(first, batch(4));
    SegmentId corrupt = lake.append(first, batch(4));
    byte[] bytes = Files.readAllBytes(lake.objectFile(corrupt));
    bytes[bytes.length / 2] ^= 1;
    Files.write(lake.objectFile(corrupt), bytes);
    List<TestProfile> behind = batch(4);
    lake.append(first, behind);
    try (EmbeddedFlink flink = EmbeddedFlink.start(lake.stateDirectory(), 1)) {
      flink.submit(lake.config().build()).awaitRunning(TIMEOUT);
      lake.push(second, batch(4));
      lake.awaitCommitted(TIMEOUT, second.id());
      Awaitility.await()
          .atMost(TIMEOUT)
          .until(() -> lake.watermarks().sequence(first.id().value()) == 0);
      assertThat(lake.log().quarantined()).containsExactly(corrupt);
      assertThat(flink.metrics().total(IngestCounter.SEGMENTS_QUARANTINED)).isEqualTo(1);
      lake.assertExact();
      flink.stopGracefully();
    }

    try (EmbeddedFlink flink = EmbeddedFlink.start(lake.stateDirectory(), 1)) {
      flink.submit(lake.config().skippedSegments(Set.of(corrupt.toString())).build());
      lake.expect(behind);
      lake.awaitCommitted(TIMEOUT, first.id(), second.id());
      lake.assertExact();
    }
  }

  @Test
  void stopsGracefullyWithEverythingCommittedAndRemembersItsSymbols() throws Exception {
    List<TestProfile> known = batch(6);
    try (EmbeddedFlink flink = EmbeddedFlink.start(lake.stateDirectory(), 1)) {
      flink.submit(lake.config().checkpointInterval(Duration.ofMinutes(5)).build());
      lake.push(first, known);
      first.seal();
      flink.stopGracefully();
    }

    lake.assertExact();
    assertThat(lake.watermarks().sequence(first.id().value())).as("the seal").isEqualTo(1);
    long stacks = lake.stackRows();
    try (EmbeddedFlink flink = EmbeddedFlink.start(lake.stateDirectory(), 1)) {
      flink.submit(lake.config().build()).awaitRunning(TIMEOUT);
      lake.push(second, profiles.withNewIds(known));
      lake.awaitCommitted(TIMEOUT, first.id(), second.id());
    }

    lake.assertExact();
    assertThat(lake.stackRows()).isEqualTo(stacks);
  }

  /** Each heap's profiles go to one lane: of two, either could be read first. */
  private void pushToBoth() {
    lake.push(first, withHeaps(batch(5), firstHeaps));
    lake.push(second, withHeaps(batch(5), secondHeaps));
  }

  private List<TestProfile> withHeaps(List<TestProfile> batch, List<GoProcess> heaps) {
    List<TestProfile> all = new ArrayList<>(batch);
    for (GoProcess heap : heaps) {
      heap.run();
      if (random.nextInt(4) == 0) {
        heap.restart();
        heap.run();
      }

      all.add(TestProfile.of("tenant-1", heap.profile(System.currentTimeMillis())));
    }

    return all;
  }

  private List<TestProfile> batch(int size) {
    List<TestProfile> batch = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      batch.add(profiles.cpu("tenant-" + i % 2, "service-" + i % 3, 20));
    }

    return batch;
  }

  private List<GoProcess> heaps(String pod) {
    return List.of(
        new GoProcess(random.split(), "service-1", pod, true),
        new GoProcess(random.split(), "service-2", pod, false));
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }
}
