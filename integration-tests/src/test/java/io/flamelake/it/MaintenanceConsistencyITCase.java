/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.flamelake.testkit.ProfileHistory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every kind of query about random ranges and matchers, before, during and after each step of
 * maintenance, while profiles are pushed and committed: each answer is that of a brute-force
 * oracle, to the unit, and none is an error. {@code -Dflamelake.seed} repeats the questions of a
 * run.
 */
class MaintenanceConsistencyITCase {
  private static final Logger LOG = LoggerFactory.getLogger(MaintenanceConsistencyITCase.class);
  private static final long SEED = Long.getLong("flamelake.seed", System.currentTimeMillis());
  private static final int DAYS = 2;
  private static final int MINUTES_AT_FIRST = 3 * 60;
  private static final Duration PAUSE_BETWEEN_PUSHES = Duration.ofSeconds(1);

  /** In the order in which they depend on each other; each is a process of its own. */
  private static final List<String> STEPS =
      List.of("compact", "roll-up", "retention,deletion", "expire,manifests,orphans,segments");

  @ParameterizedTest
  @EnumSource(QueryEngine.class)
  void answersToTheUnitWhateverMaintenanceDoes(QueryEngine engine, @TempDir Path dir)
      throws Exception {
    // MaintainedLakeITCase asks both engines in every build, at the level of the tables.
    assumeTrue(
        engine == QueryEngine.LAKE || Boolean.getBoolean("flamelake.maintenance.trino"),
        "Takes five minutes on Trino: -Dflamelake.maintenance.trino=true");
    int questionsBetween = QueryKind.values().length;
    int rounds = Integer.getInteger("flamelake.maintenance.rounds", 1);
    Instant start = Instant.now().truncatedTo(ChronoUnit.HOURS).minus(Duration.ofDays(DAYS));
    ProfileHistory history = new ProfileHistory(start, DAYS, SEED);
    LOG.info("{}: seed {}", engine, SEED);
    Path storage = dir.resolve("data");
    try (EngineUnderTest tested =
            EngineUnderTest.start(
                engine,
                storage,
                HistoryServer.arguments(
                    List.of(HistoryServer.WITHOUT_MAINTENANCE, "-ingester.duplicate-window=1m")));
        LiveHistory live = new LiveHistory(tested.server(), history, SEED)) {
      live.pushUntil(MINUTES_AT_FIRST);
      live.startPushing(history.minutes(), PAUSE_BETWEEN_PUSHES);
      live.startAsking(2);
      live.awaitAnswers(questionsBetween);
      for (int round = 0; round < rounds; round++) {
        for (String step : STEPS) {
          long before = live.answered();
          String output =
              MaintenanceRun.complete(
                  storage,
                  List.of(
                      "-tasks=" + step,
                      HistoryServer.CLOSED_SOON,
                      "-ingester.duplicate-window=1m",
                      "-maintenance.snapshot-age=61s"));
          long during = live.answered() - before;
          live.awaitAnswers(questionsBetween);
          LOG.info(
              "{}: {} answers during {}, {} after it, {} minutes pushed{}",
              engine,
              during,
              step,
              live.answered() - before - during,
              live.pushedMinutes(),
              output.lines().filter(line -> !line.isBlank()).map(line -> "\n  " + line).toList());
        }
      }

      live.stop();
      LOG.info("{}: answers {}", engine, live.answers());
      assertThat(live.answers()).containsOnlyKeys(QueryKind.values());
    }
  }
}
