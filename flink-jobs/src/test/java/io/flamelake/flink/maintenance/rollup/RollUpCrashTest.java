/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.flink.Faults;
import io.flamelake.flink.FaultyCatalog;
import io.flamelake.flink.sink.ProfileTableRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Maintenance that dies leaves of each hour and day the old rows or the new ones. */
class RollUpCrashTest {

  private static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

  @TempDir private Path directory;
  private RollUpLake lake;
  private final Random random = new Random(5);

  @BeforeEach
  void openLake() {
    Faults.reset();
    lake = new RollUpLake(directory, FaultyCatalog.config(directory));
  }

  @AfterEach
  void closeLake() {
    Faults.reset();
    lake.close();
  }

  @ParameterizedTest
  @EnumSource(Faults.Point.class)
  void leavesOldOrNewRowsAtEachPoint(Faults.Point point) throws Exception {
    lake.append(profiles(60));
    lake.rollUp();
    lake.append(profiles(20));

    dieUntilDone(point);

    assertThat(Faults.died()).isPositive();
    assertRolledUp();
  }

  @Test
  void leavesOldOrNewRowsAtRandomPoints() throws Exception {
    for (int round = 0; round < 5; round++) {
      lake.append(profiles(20));
      if (random.nextBoolean()) {
        lake.files("a", RollUpLake.HOUR + 23).forEach(lake::delete);
      }

      dieUntilDone(null);
      assertRolledUp();
    }

    assertThat(Faults.died()).isPositive();
  }

  private void dieUntilDone(Faults.@Nullable Point point) throws Exception {
    boolean isDone = false;
    for (int attempt = 0; !isDone; attempt++) {
      State before = state();
      if (point != null && attempt < 4) {
        Faults.arm(point);
      } else if (point == null && attempt < 20) {
        Faults.atRandom(0.3);
      }

      int died = Faults.died();
      try {
        lake.rollUp();
        isDone = true;
      } catch (Error e) {
        assertThat(Faults.died()).as(e.toString()).isGreaterThan(died);
      } finally {
        Faults.disarm();
      }

      assertOldOrNew(before, state());
    }
  }

  private void assertOldOrNew(State before, State after) throws Exception {
    assertOldOrNew(before.hours, after.hours, byPeriod(lake.expected(1)));
    assertOldOrNew(before.days, after.days, byPeriod(lake.expected(24)));
  }

  private static void assertOldOrNew(
      Map<String, Map<String, RollUpLake.Tree>> before,
      Map<String, Map<String, RollUpLake.Tree>> after,
      Map<String, Map<String, RollUpLake.Tree>> expected) {
    Set<String> periods = new TreeSet<>(before.keySet());
    periods.addAll(after.keySet());
    for (String period : periods) {
      Map<String, RollUpLake.Tree> rows = after.getOrDefault(period, Map.of());
      Map<String, RollUpLake.Tree> old = before.getOrDefault(period, Map.of());
      if (!isSame(rows, old)) {
        assertThat(rows)
            .as(period)
            .usingRecursiveComparison()
            .isEqualTo(expected.getOrDefault(period, Map.of()));
      }
    }
  }

  private static boolean isSame(
      Map<String, RollUpLake.Tree> rows, Map<String, RollUpLake.Tree> others) {
    try {
      assertThat(rows).usingRecursiveComparison().isEqualTo(others);
      return true;
    } catch (AssertionError e) {
      return false;
    }
  }

  private State state() {
    return new State(
        byPeriod(lake.rows(lake.tables().flame1h(), 1)),
        byPeriod(lake.rows(lake.tables().flame1d(), 24)));
  }

  /** Rows by tenant and period: what comes and goes together. */
  private static Map<String, Map<String, RollUpLake.Tree>> byPeriod(
      Map<String, RollUpLake.Tree> rows) {
    Map<String, Map<String, RollUpLake.Tree>> periods = new TreeMap<>();
    rows.forEach(
        (key, tree) -> {
          String[] parts = key.split(" ", -1);
          periods.computeIfAbsent(parts[0] + " " + parts[3], any -> new TreeMap<>()).put(key, tree);
        });
    return periods;
  }

  private List<ProfileTableRow> profiles(int count) {
    List<ProfileTableRow> profiles = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      profiles.add(
          lake.profile(
              random,
              random.nextBoolean() ? "a" : "b",
              RollUpLake.HOUR + 22 + random.nextInt(4),
              random.nextBoolean() ? "api" : "db",
              CPU));
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

  private record State(
      Map<String, Map<String, RollUpLake.Tree>> hours,
      Map<String, Map<String, RollUpLake.Tree>> days) {}
}
