/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.model.ProfileType;
import io.flamelake.model.TenantId;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.store.LocalObjectStore;
import io.flamelake.testkit.Ledger;
import io.flamelake.testkit.LedgerChecker;
import io.flamelake.testkit.LedgerReport;
import io.flamelake.testkit.LoadGenerator;
import io.flamelake.testkit.LoadReport;
import io.flamelake.testkit.StoredProfile;
import io.flamelake.testkit.StoredProfiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * F1 and F22 of the fault list, on the whole process: kill -9 at random moments under load, while
 * the clients send their requests again with the same profile ids until they have an answer. The
 * oracle is the clients' ledger. {@code -Dflamelake.kill.rounds=30} is the long version.
 */
class KillUnderLoadITCase {
  private static final Logger LOG = LoggerFactory.getLogger(KillUnderLoadITCase.class);

  private static final int ROUNDS = Integer.getInteger("flamelake.kill.rounds", 4);
  private static final Duration SHORTEST_LIFE = Duration.ofSeconds(4);
  private static final Duration LONGEST_LIFE = Duration.ofSeconds(9);

  @Test
  void losesNothingAndCountsNothingTwice(@TempDir Path dir) throws Exception {
    Path ledgerFile = dir.resolve("ledger");
    try (FlamelakeProcess server =
        FlamelakeProcess.start(
            dir.resolve("data"),
            "-auth.multitenancy-enabled=true",
            "-ingester.checkpoint-interval=1s")) {
      LoadReport load = loadWhileKilling(server, ledgerFile);
      LOG.info("{} rounds of kill -9: {}", ROUNDS, load);
      awaitDrained(server.storage());
      LedgerReport report = LedgerChecker.check(Ledger.read(ledgerFile), storedProfiles(server));
      LOG.info("Ledger: {}", report);
      assertThat(report.isClean()).as(report.toString()).isTrue();
      assertThat(report.acknowledged()).isGreaterThan(100 * ROUNDS);
    }
  }

  private static LoadReport loadWhileKilling(FlamelakeProcess server, Path ledgerFile)
      throws InterruptedException, ExecutionException {
    try (Ledger ledger = Ledger.open(ledgerFile);
        LoadGenerator load =
            LoadGenerator.builder(server.uri("/"), ledger)
                .requestTimeout(Duration.ofSeconds(2))
                .maxAttempts(60)
                .build()) {
      CompletableFuture<LoadReport> running =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return load.run(Duration.ofHours(1));
                } catch (InterruptedException e) {
                  throw new IllegalStateException("Interrupted", e);
                }
              });
      for (int round = 0; round < ROUNDS; round++) {
        TimeUnit.MILLISECONDS.sleep(
            ThreadLocalRandom.current()
                .nextLong(SHORTEST_LIFE.toMillis(), LONGEST_LIFE.toMillis()));
        server.kill();
        server.restart();
      }

      TimeUnit.SECONDS.sleep(2);
      load.stop();
      return running.get();
    }
  }

  /** Waits until every segment of every lane is in the table. */
  private static void awaitDrained(Path storage) {
    SegmentLog log = new SegmentLog(new LocalObjectStore(storage));
    try (OpenTables tables = OpenTables.of(storage)) {
      await()
          .atMost(Duration.ofSeconds(120))
          .pollInterval(Duration.ofMillis(500))
          .until(
              () -> {
                LaneWatermarks watermarks = LaneWatermarks.of(tables.profilesTable());
                for (LaneId lane : log.lanes()) {
                  List<SegmentId> open = log.segmentsAfter(lane, watermarks.sequence(lane.value()));
                  if (!open.isEmpty()) {
                    return false;
                  }
                }

                return true;
              });
    }
  }

  private static StoredProfiles storedProfiles(FlamelakeProcess server) {
    return consumer -> {
      try (OpenTables tables = OpenTables.of(server.storage())) {
        tables
            .profiles()
            .forEach(
                row ->
                    consumer.accept(
                        new StoredProfile(
                            new TenantId((String) row.getField("tenant")),
                            (UUID) row.getField("profile_id"),
                            ProfileType.parse((String) row.getField("profile_type")),
                            (Long) row.getField("total_value"))));
      }
    };
  }
}
