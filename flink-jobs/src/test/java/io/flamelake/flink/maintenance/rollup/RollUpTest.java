/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.catalog.ProfilesKept;
import io.flamelake.flink.maintenance.MaintenanceConfigBuilder;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.TaskResult;
import io.flamelake.flink.sink.ProfileTableRow;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.apache.flink.util.InstantiationUtil;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RollUpTest {

  private static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  private static final String HEAP = "memory:inuse_space:bytes:space:bytes";
  private static final int HOUR = RollUpLake.HOUR;

  @TempDir private Path directory;
  private RollUpLake lake;
  private final Random random = new Random(11);

  @BeforeEach
  void openLake() {
    lake = new RollUpLake(directory);
  }

  @AfterEach
  void closeLake() {
    lake.close();
  }

  @Test
  void equalsTheSumOfAllProfiles() throws Exception {
    for (int i = 0; i < 5; i++) {
      lake.append(randomProfiles(60));
    }

    TaskResult result = lake.rollUp();

    assertThat(result.count("hours")).isEqualTo(2 * 5);
    assertThat(result.count("days")).isEqualTo(2 * 2);
    assertThat(result.count(TaskResult.SKIPPED)).isZero();
    assertRolledUp();
  }

  @Test
  void hasNothingToDoTwice() throws Exception {
    lake.append(randomProfiles(60));
    lake.rollUp();

    assertThat(lake.plan(settings -> {})).isEmpty();
    assertThat(gaps(HOUR + 1).isEmpty()).isTrue();
  }

  @Test
  void makesAnHourAgainAfterLateData() throws Exception {
    lake.append(randomProfiles(100));
    lake.rollUp();
    lake.append(List.of(lake.profile(random, "a", HOUR + 1, "api", CPU)));
    assertThat(gaps(HOUR + 1)).isEqualTo(new RollUpGaps(List.of((HOUR + 1) % 24), true));

    TaskResult result = lake.rollUp();

    assertThat(result.count("hours")).isEqualTo(1);
    assertThat(result.count("days")).isEqualTo(1);
    assertRolledUp();
  }

  @Test
  void followsWhateverHappensToProfiles() throws Exception {
    for (int step = 0; step < 25; step++) {
      change(step);
      if (random.nextInt(3) == 0) {
        lake.rollUp();
        assertRolledUp();
      }
    }

    lake.rollUp();
    assertRolledUp();
  }

  @Test
  void leavesRollUpsAsTheyAreWhenProfilesAreCompacted() throws Exception {
    lake.append(randomProfiles(60));
    lake.append(randomProfiles(60));
    lake.rollUp();

    lake.compact(lake.files("a", HOUR + 22), RollUpLake.Sequence.KEPT);

    assertThat(lake.plan(settings -> {})).isEmpty();
    assertRolledUp();
  }

  @Test
  void makesAnHourAgainWhenAnotherEngineRewroteIt() throws Exception {
    lake.append(randomProfiles(60));
    lake.append(randomProfiles(60));
    lake.rollUp();

    lake.compact(lake.files("a", HOUR + 22), RollUpLake.Sequence.NEW);

    assertThat(lake.rollUp().count("hours")).isEqualTo(1);
    assertRolledUp();
  }

  @Test
  void removesRollUpsOfWhatIsGone() throws Exception {
    lake.append(randomProfiles(60));
    lake.rollUp();

    lake.files("a", HOUR + 22).forEach(lake::delete);
    lake.rollUp();
    assertRolledUp();
    for (int hour = HOUR + 21; hour < HOUR + 26; hour++) {
      lake.files("a", hour).forEach(lake::delete);
    }

    lake.rollUp();
    assertRolledUp();
    assertThat(lake.rows(lake.tables().flame1d(), 24).keySet())
        .isNotEmpty()
        .allMatch(key -> key.startsWith("b "));
  }

  @Test
  void keepsRollUpsThatOutliveTheirProfiles() throws Exception {
    lake.append(randomProfiles(80));
    lake.rollUp();
    Map<String, RollUpLake.Tree> hours = lake.expected(1);
    Map<String, RollUpLake.Tree> days = lake.expected(24);

    lake.tables()
        .profiles()
        .updateProperties()
        .set(ProfilesKept.property("a"), Integer.toString(RollUpLake.DAY + 1))
        .commit();
    for (int hour = HOUR; hour < HOUR + 24; hour++) {
      lake.files("a", hour).forEach(lake::delete);
      lake.files("b", hour).forEach(lake::delete);
    }

    lake.append(List.of(lake.profile(random, "a", HOUR + 22, "late", CPU)));
    lake.rollUp();
    hours.keySet().removeIf(key -> key.startsWith("b ") && period(key) < HOUR + 24);
    days.keySet().removeIf(key -> key.startsWith("b ") && period(key) == RollUpLake.DAY);
    assertSame(lake.rows(lake.tables().flame1h(), 1), hours);
    assertSame(lake.rows(lake.tables().flame1d(), 24), days);
  }

  @Test
  void leavesOpenHoursAndDaysAlone() throws Exception {
    Instant now = lake.now();
    Instant end = Instant.EPOCH.plus(Duration.ofHours(HOUR + 23));
    lake.append(
        List.of(
            lake.profile(random, "a", HOUR + 22, "api", CPU),
            lake.profile(random, "a", HOUR + 23, "api", CPU)));

    lake.rollUp(settings -> settings.closedAfter(Duration.between(end, now).plusMillis(1)));
    assertThat(lake.rows(lake.tables().flame1h(), 1)).isEmpty();

    lake.rollUp(settings -> settings.closedAfter(Duration.between(end, now)));
    assertThat(lake.rows(lake.tables().flame1h(), 1))
        .containsOnlyKeys("a " + CPU + " api " + (HOUR + 22));
    assertThat(lake.rows(lake.tables().flame1d(), 24)).isEmpty();

    lake.rollUp();
    assertRolledUp();
  }

  @Test
  void waitsUntilNothingIsAddedToAnHour() throws Exception {
    lake.append(List.of(lake.profile(random, "a", HOUR, "api", CPU)));
    lake.setNow(Instant.now().plusSeconds(1));

    assertThat(lake.plan(settings -> settings.rollUpQuiet(Duration.ofHours(1)))).isEmpty();
    assertThat(
            lake.plan(
                settings ->
                    settings.rollUpQuiet(Duration.ofHours(1)).rollUpRemakeAfter(Duration.ZERO)))
        .as("there is nothing to make again")
        .isEmpty();
    assertThat(lake.plan(settings -> settings.rollUpQuiet(Duration.ZERO))).hasSize(1);
  }

  @Test
  void makesAnHourAgainFromTimeToTimeWhereLateDataKeepsComing() throws Exception {
    lake.append(List.of(lake.profile(random, "a", HOUR, "api", CPU)));
    lake.rollUp();
    lake.append(List.of(lake.profile(random, "a", HOUR, "api", CPU)));
    lake.setNow(Instant.now().plusSeconds(1));

    Consumer<MaintenanceConfigBuilder> busy = settings -> settings.rollUpQuiet(Duration.ofHours(1));
    assertThat(lake.plan(busy)).isEmpty();
    assertThat(lake.plan(busy.andThen(settings -> settings.rollUpRemakeAfter(Duration.ZERO))))
        .hasSize(1);
  }

  @Test
  void leavesHoursWithUnknownStacksOut() throws Exception {
    lake.append(randomProfiles(40));
    List<ProfileTableRow> unknown =
        List.of(
            lake.profile("a", HOUR + 22, "web", CPU, new long[] {1_000_001}, new long[] {5}),
            lake.profile("a", HOUR + 22, "web", HEAP, new long[] {1_000_002}, new long[] {0}));
    lake.appendProfiles(unknown);

    TaskResult result = lake.rollUp();

    // Tried again once, then held back.
    assertThat(result.count(TaskResult.SKIPPED)).isEqualTo(2);
    Map<String, RollUpLake.Tree> expected = lake.expected(1);
    expected.keySet().removeIf(key -> key.startsWith("a ") && period(key) == HOUR + 22);
    assertSame(lake.rows(lake.tables().flame1h(), 1), expected);
    assertThat(gaps(HOUR + 22)).isEqualTo(new RollUpGaps(List.of((HOUR + 22) % 24), true));

    lake.appendStacks(unknown);
    lake.rollUp();
    assertRolledUp();
  }

  @Test
  void leavesHoursWithRowLevelDeletesOut() throws Exception {
    DataFile file = lake.append(List.of(lake.profile(random, "a", HOUR + 22, "api", CPU))).get(0);
    lake.append(List.of(lake.profile(random, "a", HOUR + 23, "api", CPU)));
    Table profiles = lake.tables().profiles();
    profiles
        .newRowDelta()
        .addDeletes(
            FileMetadata.deleteFileBuilder(profiles.spec())
                .ofPositionDeletes()
                .withPath(profiles.location() + "/data/deletes.parquet")
                .withPartition(file.partition())
                .withFileSizeInBytes(10)
                .withRecordCount(1)
                .build())
        .commit();

    lake.rollUp();

    assertThat(lake.rows(lake.tables().flame1h(), 1))
        .containsOnlyKeys("a " + CPU + " api " + (HOUR + 23));
    assertThat(lake.rows(lake.tables().flame1d(), 24)).isEmpty();
    assertThat(gaps(HOUR + 22)).isEqualTo(new RollUpGaps(List.of((HOUR + 22) % 24), true));
  }

  /** Of the day of tenant a that an hour is in. */
  private RollUpGaps gaps(int hour) throws IOException {
    return RollUpGaps.find(lake.tables(), "a", FlamePeriod.dayOf(hour));
  }

  @Test
  void makesTheSameTreesWithLittleMemory() throws Exception {
    for (int i = 0; i < 4; i++) {
      lake.append(randomProfiles(60));
    }

    TaskResult result =
        lake.rollUp(settings -> settings.rollUpMemoryBytes(16 << 10).sortMemoryBytes(4_000));

    assertThat(result.count(TaskResult.SKIPPED)).isZero();
    assertThat(result.count(TaskResult.FILES_OUT))
        .as("more than one of each task")
        .isGreaterThan(8);
    assertRolledUp();
  }

  @Test
  void leavesTreesOutThatDoNotFitIntoMemory() throws Exception {
    long[] ids = LongStream.range(0, 30).toArray();
    long[] values = LongStream.range(1, 31).toArray();
    lake.append(
        List.of(
            lake.profile("a", HOUR, "api", CPU, ids, values),
            lake.profile("a", HOUR + 1, "api", CPU, new long[] {1}, new long[] {1})));

    TaskResult result = lake.rollUp(settings -> settings.rollUpMemoryBytes(1 << 10));

    assertThat(result.count(TaskResult.SKIPPED)).isPositive();
    assertThat(lake.rows(lake.tables().flame1h(), 1))
        .containsOnlyKeys("a " + CPU + " api " + (HOUR + 1));
  }

  @Test
  void leavesNothingBehindWhenAnotherRunWasFaster() throws Exception {
    lake.append(randomProfiles(40));
    Map<MaintenanceTask, MaintenanceContext> slow = new LinkedHashMap<>();
    for (MaintenanceTask task : lake.plan(settings -> {})) {
      slow.put(task, lake.context(RollUpLake.RUN, settings -> {}));
    }

    lake.rollUp();
    TaskResult result = TaskResult.NOTHING;
    for (Map.Entry<MaintenanceTask, MaintenanceContext> task : slow.entrySet()) {
      // Its tables are still those from before.
      result = result.plus(task.getKey().run(task.getValue()));
    }

    assertThat(result.isEffective()).isFalse();
    assertThat(result.count(TaskResult.SKIPPED)).isPositive();
    assertRolledUp();
    assertThat(lake.storedFiles("flame_1h")).isEqualTo(lake.referencedFiles());
  }

  @Test
  void doesNothingThatAnotherRunDid() throws Exception {
    lake.append(randomProfiles(40));
    List<MaintenanceTask> tasks = lake.plan(settings -> {});
    lake.rollUp();

    MaintenanceContext context = lake.context(RollUpLake.RUN, settings -> {});
    for (MaintenanceTask task : tasks) {
      assertThat(task.run(context)).isEqualTo(TaskResult.NOTHING);
    }
  }

  @Test
  void canBeShippedToAWorker() throws Exception {
    lake.append(randomProfiles(40));
    MaintenanceContext context = lake.context(RollUpLake.RUN, settings -> {});
    for (MaintenanceTask task : new RollUpPlanner().plan(context)) {
      assertThat(task.kind()).isEqualTo("roll-up");
      assertThat(task.subject()).matches("flame_1h [ab] 2026-01-0[56]");
      MaintenanceTask copy =
          InstantiationUtil.clone(task, Thread.currentThread().getContextClassLoader());
      context.tables().refresh();
      copy.run(context);
    }

    lake.rollUp();
    assertRolledUp();
  }

  /** Any of the things that change what roll-ups have to be. */
  private void change(int step) throws Exception {
    List<DataFile> files = lake.files(random.nextBoolean() ? "a" : "b", HOUR + 21 + step % 5);
    switch (random.nextInt(5)) {
      case 0 -> files.stream().findAny().ifPresent(lake::delete);
      case 1 -> {
        if (files.size() > 1) {
          lake.compact(files, RollUpLake.Sequence.KEPT);
        }
      }
      case 2 -> {
        if (!files.isEmpty()) {
          lake.compact(files, RollUpLake.Sequence.NEW);
        }
      }
      default -> lake.append(randomProfiles(1 + random.nextInt(40)));
    }
  }

  private static int period(String key) {
    return Integer.parseInt(key.substring(key.lastIndexOf(' ') + 1));
  }

  private List<ProfileTableRow> randomProfiles(int count) {
    List<ProfileTableRow> profiles = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      profiles.add(
          lake.profile(
              random,
              random.nextBoolean() ? "a" : "b",
              // Hours on both sides of the end of a day.
              HOUR + 21 + random.nextInt(5),
              random.nextBoolean() ? "api" : "db",
              random.nextBoolean() ? CPU : HEAP));
    }

    return profiles;
  }

  private void assertRolledUp() throws Exception {
    assertSame(lake.rows(lake.tables().flame1h(), 1), lake.expected(1));
    assertSame(lake.rows(lake.tables().flame1d(), 24), lake.expected(24));
  }

  private static void assertSame(
      Map<String, RollUpLake.Tree> rows, Map<String, RollUpLake.Tree> expected) {
    assertThat(rows).usingRecursiveComparison().isEqualTo(expected);
  }
}
