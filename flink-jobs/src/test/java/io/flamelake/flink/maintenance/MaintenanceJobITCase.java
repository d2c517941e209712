/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.LakeTables;
import io.flamelake.catalog.MaintenanceClaim;
import io.flamelake.flink.EmbeddedFlink;
import io.flamelake.flink.maintenance.FakeWork.Action;
import io.flamelake.flink.maintenance.FakeWork.Planner;
import io.flamelake.flink.maintenance.FakeWork.Planners;
import io.flamelake.flink.maintenance.commit.FencedCommit;
import io.flamelake.flink.maintenance.report.LastRun;
import io.flamelake.flink.source.SegmentLogLocation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Table;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MaintenanceJobITCase {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  @TempDir private Path directory;

  private final String first = "first-" + UUID.randomUUID();
  private final String second = "second-" + UUID.randomUUID();

  @Test
  void runThatEndsGoesThroughKindsUntilNothingIsDue() throws Exception {
    FakeWork.of(first).add("a", 3);
    FakeWork.of(first).add("b", 1);
    FakeWork.of(second).add("c", 2);

    RunSummary summary =
        runOnce(
            Planners.of(
                new Planner("compact", first, Action.WORK),
                new Planner("roll-up", second, Action.WORK)));

    assertThat(summary.isSuccess()).isTrue();
    assertThat(summary.tasks("compact")).isEqualTo(4);
    assertThat(summary.result("compact").counts())
        .isEqualTo(Map.of(TaskResult.FILES_IN, 12L, TaskResult.FILES_OUT, 4L));
    assertThat(summary.tasks("roll-up")).isEqualTo(2);
    assertThat(FakeWork.of(first).plans).as("plans until nothing is due").hasValue(4);
    assertThat(summary.toText().lines())
        .hasSize(4)
        .anySatisfy(line -> assertThat(line).startsWith("compact ").contains("12"))
        .anySatisfy(line -> assertThat(line).startsWith("total ").contains("18"));
    // Flink closes the planning side of a job after it has told the job's end.
    await(() -> listTemporary().isEmpty());
  }

  @Test
  void failureIsToldAndDoesNotKeepOthersFromTheirWork() throws Exception {
    FakeWork.of(first).add("broken", 5);
    FakeWork.of(second).add("fine", 1);

    RunSummary summary =
        runOnce(
            Planners.of(
                new Planner("compact", first, Action.FAIL),
                new Planner("manifests", second, Action.FAIL_TO_PLAN),
                new Planner("roll-up", second, Action.WORK)));

    assertThat(summary.isSuccess()).isFalse();
    assertThat(summary.failureText())
        .contains("compact of broken: java.lang.IllegalStateException: No luck with broken")
        .contains("manifests of plan:")
        .contains("No plan");
    assertThat(summary.tasks("compact")).as("not tried again and again").isEqualTo(1);
    assertThat(summary.tasks("roll-up")).isEqualTo(1);
  }

  @Test
  void runThatEndsGivesUpWhatIsAlwaysDue() throws Exception {
    FakeWork.of(first).add("for-ever", 1_000_000);

    RunSummary summary = runOnce(Planners.of(new Planner("compact", first, Action.WORK)));

    assertThat(FakeWork.of(first).ended("for-ever")).isEqualTo(100);
    assertThat(summary.failureText()).contains("for-ever is still due after 100 tasks");
  }

  @Test
  void runThatEndsTakesTheClaimAndReleasesIt() throws Exception {
    FakeWork.of(first).add("a", 1);

    runOnce(Planners.of(new Planner("compact", first, Action.COMMIT)));

    try (LakeCatalog catalog = LakeCatalog.open(catalogConfig())) {
      MaintenanceClaim claim =
          requireNonNull(MaintenanceClaim.find(catalog.tables().profiles()), "claim");
      assertThat(claim.isReleased()).isTrue();
      assertThat(MaintenanceClaim.find(catalog.tables().stacks())).isNull();
    }
  }

  @Test
  void runThatEndsFailsWhenALaterOneTakesTheTablesOver() {
    FakeWork.of(first).add("a", 1);

    assertThatThrownBy(() -> runOnce(Planners.of(new Planner("compact", first, Action.LOSE_CLAIM))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has taken the tables over");
  }

  @Test
  void subjectIsNeverTwiceInFlight() throws Exception {
    FakeWork work = FakeWork.of(first);
    work.add("a", 1_000);
    work.add("b", 1_000);
    try (EmbeddedFlink flink = EmbeddedFlink.start(directory.resolve("flink"), 0, 4)) {
      flink.submitMaintenance(
          config().interval(Duration.ofMillis(20)).build(),
          Planners.of(
              new Planner("compact", first, Action.WORK_SLOWLY),
              new Planner("roll-up", first, Action.WORK_SLOWLY)));

      await(() -> work.ended("a") > 5 && work.ended("b") > 5);
    }

    assertThat(work.twiceInFlight).isEmpty();
    assertThat(work.mostRunning).as("subjects that ran at the same time").hasValue(2);
  }

  @Test
  void failuresAreCountedWhileOthersGoOn() throws Exception {
    FakeWork.of(first).add("broken", 1);
    FakeWork.of(second).add("fine", 2);
    try (EmbeddedFlink flink = EmbeddedFlink.start(directory.resolve("flink"), 0, 1)) {
      flink.submitMaintenance(
          config().interval(Duration.ofMillis(50)).build(),
          Planners.of(
              new Planner("compact", first, Action.FAIL, Duration.ofHours(1)),
              new Planner("roll-up", second, Action.WORK),
              new Planner("manifests", second, Action.FAIL_TO_PLAN, Duration.ofHours(1))));

      await(() -> flink.lastRuns().of("roll-up").tasks() == 2);
      await(() -> flink.lastRuns().of("roll-up").due() == 0);
      await(() -> flink.lastRuns().of("compact").tasks() == 1);
      LastRun failed = flink.lastRuns().of("compact");
      assertThat(failed.failures()).isEqualTo(1);
      assertThat(failed.isHealthy()).isFalse();
      LastRun.Failure failure = requireNonNull(failed.lastFailure(), "failure");
      assertThat(failure.subject()).isEqualTo("broken");
      assertThat(failure.error()).contains("No luck with broken");
      LastRun fine = flink.lastRuns().of("roll-up");
      assertThat(fine.failures()).isZero();
      assertThat(fine.isHealthy()).isTrue();
      assertThat(fine.totals().count(TaskResult.FILES_IN)).isEqualTo(6);
      LastRun unplanned = flink.lastRuns().of("manifests");
      assertThat(unplanned.failures()).isEqualTo(1);
      assertThat(requireNonNull(unplanned.lastFailure(), "failure").error()).contains("No plan");
    }
  }

  @Test
  void longTaskIsInterruptedWhenTheClusterEnds() throws Exception {
    FakeWork work = FakeWork.of(first);
    work.add("long", 1);
    EmbeddedFlink flink = EmbeddedFlink.start(directory.resolve("flink"), 0, 1);
    try (flink) {
      flink.submitMaintenance(
          config().build(), Planners.of(new Planner("compact", first, Action.HANG)));
      assertThat(work.begun.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).as("begun").isTrue();
      flink.stopGracefully();
      assertThat(work.interrupted.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS))
          .as("interrupted")
          .isTrue();
    }
  }

  @Test
  void pausesWhileALaterRunIsAtWork() throws Exception {
    FakeWork work = FakeWork.of(first);
    work.add("a", 1);
    try (EmbeddedFlink flink = EmbeddedFlink.start(directory.resolve("flink"), 0, 1);
        LakeCatalog catalog = LakeCatalog.open(catalogConfig())) {
      flink.submitMaintenance(
          config().interval(Duration.ofMillis(50)).build(),
          Planners.of(new Planner("compact", first, Action.COMMIT)));
      await(() -> work.ended("a") == 1);
      String run = claimedRun(catalog);

      FencedCommit later = FakeWork.claimByLaterRun(catalog);
      work.add("a", 1);
      awaitNoPlans(work);
      assertThat(work.ended("a")).isEqualTo(1);

      later.release(catalog.tables().profiles());
      await(() -> work.ended("a") == 2);
      assertThat(claimedRun(catalog)).isGreaterThan(later.run()).isNotEqualTo(run);
    }
  }

  @Test
  void commitsNothingWhenNothingIsDue() throws Exception {
    FakeWork work = FakeWork.of(first);
    List<Table> before;
    try (LakeCatalog catalog = LakeCatalog.open(catalogConfig())) {
      before = all(catalog.tables());
    }

    try (EmbeddedFlink flink = EmbeddedFlink.start(directory.resolve("flink"), 0, 1)) {
      flink.submitMaintenance(
          config().interval(Duration.ofMillis(20)).build(),
          Planners.of(new Planner("compact", first, Action.WORK)));
      await(() -> work.plans.get() > 10);
      flink.stopGracefully();
    }

    try (LakeCatalog catalog = LakeCatalog.open(catalogConfig())) {
      assertThat(all(catalog.tables()))
          .extracting(MaintenanceJobITCase::version)
          .isEqualTo(before.stream().map(MaintenanceJobITCase::version).toList());
    }
  }

  /** Waits until nothing is planned for many times the interval. */
  private static void awaitNoPlans(FakeWork work) {
    int[] plans = new int[1];
    Awaitility.await()
        .atMost(TIMEOUT)
        .pollInterval(Duration.ofSeconds(2))
        .until(
            () -> {
              boolean isQuiet = plans[0] == work.plans.get();
              plans[0] = work.plans.get();
              return isQuiet;
            });
  }

  private RunSummary runOnce(PlannerFactory planners) throws InterruptedException {
    StreamExecutionEnvironment env =
        StreamExecutionEnvironment.createLocalEnvironment(2, new Configuration());
    return MaintenanceJob.runOnce(env, config().build(), planners);
  }

  private static String claimedRun(LakeCatalog catalog) {
    return requireNonNull(MaintenanceClaim.find(catalog.tables().profiles()), "claim").run();
  }

  private static List<Table> all(LakeTables tables) {
    return List.of(
        tables.profiles(), tables.stacks(), tables.series(), tables.flame1h(), tables.flame1d());
  }

  private static String version(Table table) {
    return ((HasTableOperations) table).operations().current().metadataFileLocation();
  }

  private List<Path> listTemporary() throws Exception {
    try (Stream<Path> files = Files.list(directory.resolve("tmp"))) {
      return files.toList();
    }
  }

  private CatalogConfig catalogConfig() {
    return CatalogConfig.embedded(directory);
  }

  private MaintenanceConfigBuilder config() {
    return MaintenanceConfig.builder(
            catalogConfig(),
            new SegmentLogLocation(
                directory.resolve("objects").toUri().toString(),
                Map.of("local.durability", "page-cache")))
        .temporaryDirectory(directory.resolve("tmp"));
  }

  private static void await(Callable<Boolean> condition) {
    Awaitility.await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(20)).until(condition);
  }
}
