/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.flink.maintenance.TaskResult;
import io.flamelake.flink.sink.ProfileTableRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
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
  }

  @Test
  void makesAnHourAgainAfterLateData() throws Exception {
    lake.append(randomProfiles(100));
    lake.rollUp();
    lake.append(List.of(lake.profile(random, "a", HOUR + 1, "api", CPU)));

    TaskResult result = lake.rollUp();

    assertThat(result.count("hours")).isEqualTo(1);
    assertThat(result.count("days")).isEqualTo(1);
    assertRolledUp();
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
    assertThat(lake.rows(lake.tables().flame1h(), 1))
        .usingRecursiveComparison()
        .isEqualTo(lake.expected(1));
    assertThat(lake.rows(lake.tables().flame1d(), 24))
        .usingRecursiveComparison()
        .isEqualTo(lake.expected(24));
  }
}
