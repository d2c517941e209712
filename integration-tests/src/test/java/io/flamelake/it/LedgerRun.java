/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.awaitility.Awaitility.await;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.model.ProfileType;
import io.flamelake.model.TenantId;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.store.LocalObjectStore;
import io.flamelake.testkit.Ledger;
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

/** Load with a ledger while processes die, and what the tables hold of it in the end. */
final class LedgerRun {
  private static final Duration SHORTEST_LIFE = Duration.ofSeconds(4);
  private static final Duration LONGEST_LIFE = Duration.ofSeconds(9);

  private LedgerRun() {}

  /** What happens while profiles are pushed. */
  @FunctionalInterface
  interface Meanwhile {
    void run() throws InterruptedException;
  }

  /** Pushes to a gateway, and lets a fault happen at random moments of some seconds. */
  static LoadReport load(FlamelakeProcess gateway, Path ledgerFile, int faults, Runnable fault)
      throws InterruptedException, ExecutionException {
    try (Ledger ledger = Ledger.open(ledgerFile);
        LoadGenerator load =
            LoadGenerator.builder(gateway.uri("/"), ledger)
                .requestTimeout(Duration.ofSeconds(2))
                .maxAttempts(60)
                .build()) {
      return run(
          load,
          () -> {
            for (int i = 0; i < faults; i++) {
              TimeUnit.MILLISECONDS.sleep(
                  ThreadLocalRandom.current()
                      .nextLong(SHORTEST_LIFE.toMillis(), LONGEST_LIFE.toMillis()));
              fault.run();
            }

            TimeUnit.SECONDS.sleep(2);
          });
    }
  }

  /** Pushes to a gateway that lives on, while something else happens. */
  static LoadReport load(
      FlamelakeProcess gateway, Path ledgerFile, double profilesPerSecond, Meanwhile meanwhile)
      throws InterruptedException, ExecutionException {
    try (Ledger ledger = Ledger.open(ledgerFile);
        LoadGenerator load =
            LoadGenerator.builder(gateway.uri("/"), ledger)
                .profilesPerSecond(profilesPerSecond)
                .requestTimeout(Duration.ofMinutes(2))
                .build()) {
      return run(load, meanwhile);
    }
  }

  private static LoadReport run(LoadGenerator load, Meanwhile meanwhile)
      throws InterruptedException, ExecutionException {
    CompletableFuture<LoadReport> running =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return load.run(Duration.ofHours(1));
              } catch (InterruptedException e) {
                throw new IllegalStateException("Interrupted", e);
              }
            });
    meanwhile.run();
    load.stop();
    return running.get();
  }

  /**
   * Waits until every segment of every lane is in the table.
   *
   * @param segments the storage directory of the gateway
   * @param tables the storage directory with the embedded catalog
   */
  static void awaitDrained(Path segments, Path tables) {
    SegmentLog log = new SegmentLog(new LocalObjectStore(segments));
    try (OpenTables open = OpenTables.of(tables)) {
      await()
          .atMost(Duration.ofMinutes(5))
          .pollInterval(Duration.ofMillis(500))
          .until(() -> isDrained(log, LaneWatermarks.of(open.profilesTable())));
    }
  }

  private static boolean isDrained(SegmentLog log, LaneWatermarks watermarks) {
    for (LaneId lane : log.lanes()) {
      List<SegmentId> left = log.segmentsAfter(lane, watermarks.sequence(lane.value()));
      if (!left.isEmpty()) {
        return false;
      }
    }

    return true;
  }

  /** The profiles in the tables of an embedded catalog. */
  static StoredProfiles stored(Path tables) {
    return consumer -> {
      try (OpenTables open = OpenTables.of(tables)) {
        open.profiles()
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
