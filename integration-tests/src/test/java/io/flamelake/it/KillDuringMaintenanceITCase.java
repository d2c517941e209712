/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.testkit.LedgerReport;
import io.flamelake.testkit.ProfileHistory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * kill -9 in the middle of maintenance, at random moments: the tables stay right, and what a killed
 * run left behind is gone after the next one. {@code -Dflamelake.kill.rounds=30} is the long
 * version.
 */
class KillDuringMaintenanceITCase {
  private static final Logger LOG = LoggerFactory.getLogger(KillDuringMaintenanceITCase.class);
  private static final int ROUNDS = Integer.getInteger("flamelake.kill.rounds", 3);
  private static final long SEED = Long.getLong("flamelake.seed", System.currentTimeMillis());
  private static final int MINUTES_AT_FIRST = 4 * 60;
  private static final int QUESTIONS = 2 * QueryKind.values().length;
  private static final Duration PAUSE_BETWEEN_PUSHES = Duration.ofSeconds(1);

  private static final List<String> BUSY =
      Stream.concat(
              HistoryServer.BUSY_MAINTENANCE.stream(),
              Stream.of(
                  "-target=all", "-maintenance.orphan-grace=5m", "-maintenance.segment-grace=10s"))
          .toList();

  /** Short, so that files that nobody refers to have to be gone at the end of the test. */
  private static final List<String> AT_ONCE =
      List.of(
          "-maintenance.closed-after=1ms",
          "-maintenance.orphan-grace=1s",
          "-maintenance.segment-grace=1s");

  @TempDir private Path dir;

  private final Random random = new Random(SEED);
  private final ProfileHistory history =
      new ProfileHistory(
          Instant.now().truncatedTo(ChronoUnit.HOURS).minus(Duration.ofDays(1)), 1, SEED);

  @Test
  void keepsTheTablesRightWhenTheServerIsKilled() throws Exception {
    LOG.info("Seed {}", SEED);
    Path storage = dir.resolve("data");
    try (FlamelakeProcess server = FlamelakeProcess.start(storage, HistoryServer.arguments(BUSY));
        LiveHistory live = new LiveHistory(server, history, SEED)) {
      live.pushUntil(MINUTES_AT_FIRST);
      live.startPushing(history.minutes(), PAUSE_BETWEEN_PUSHES);
      live.startAsking(1);
      for (int round = 0; round < ROUNDS; round++) {
        TimeUnit.MILLISECONDS.sleep(1_000 + random.nextInt(7_000));
        live.disturb(
            () -> {
              server.kill();
              server.restart();
            });
      }

      live.awaitAnswers(QUESTIONS);
      live.stop();
      live.pushAllLate();
      LedgerRun.awaitDrained(storage, storage);
      server.terminate();
      expectAllRight(live, storage, server.port());
    }
  }

  @Test
  void keepsTheTablesRightWhenTheCommandIsKilled() throws Exception {
    LOG.info("Seed {}", SEED);
    Path storage = dir.resolve("data");
    try (FlamelakeProcess server =
            FlamelakeProcess.start(
                storage, HistoryServer.arguments(List.of(HistoryServer.WITHOUT_MAINTENANCE)));
        LiveHistory live = new LiveHistory(server, history, SEED)) {
      live.pushUntil(MINUTES_AT_FIRST);
      live.startPushing(history.minutes(), PAUSE_BETWEEN_PUSHES);
      live.startAsking(1);
      int killed = 0;
      for (int round = 0; round < ROUNDS; round++) {
        try (MaintenanceRun run =
            MaintenanceRun.start(storage, List.of(HistoryServer.CLOSED_SOON))) {
          run.awaitStart();
          TimeUnit.MILLISECONDS.sleep(random.nextInt(4_000));
          killed += run.isRunning() ? 1 : 0;
          run.kill();
        }
      }

      live.awaitAnswers(QUESTIONS);
      live.stop();
      live.pushAllLate();
      LedgerRun.awaitDrained(storage, storage);
      LOG.info("{} of {} runs were killed while they worked", killed, ROUNDS);
      assertThat(killed).isPositive();
      server.terminate();
      expectAllRight(live, storage, server.port());
    }
  }

  /** With nobody writing: the ledger, then one complete run, then the disk and the answers. */
  private void expectAllRight(LiveHistory live, Path storage, int port) throws Exception {
    LedgerReport killed = PushedLedger.check(live.pushed(), storage);
    LOG.info("Ledger: {}", killed);
    assertThat(killed.isClean()).as(killed.toString()).isTrue();

    LOG.info("{}", MaintenanceRun.complete(storage, AT_ONCE));
    LedgerReport maintained = PushedLedger.check(live.pushed(), storage);
    assertThat(maintained.isClean()).as(maintained.toString()).isTrue();
    for (InspectedTable table : LakeInspection.tables(storage)) {
      LOG.info(
          "{}: {} rows, at most {} files in a partition, {} snapshots",
          table.name(),
          table.rows(),
          table.maxFilesPerPartition(),
          table.snapshots());
      assertThat(table.orphans()).as("orphans of %s", table.name()).isEmpty();
      assertThat(table.missing()).as("missing files of %s", table.name()).isEmpty();
    }

    try (FlamelakeProcess again =
        FlamelakeProcess.startOn(
            port, storage, HistoryServer.arguments(List.of(HistoryServer.WITHOUT_MAINTENANCE)))) {
      assertThat(again.port()).isEqualTo(port);
      live.ask(QUESTIONS, random);
    }
  }
}
