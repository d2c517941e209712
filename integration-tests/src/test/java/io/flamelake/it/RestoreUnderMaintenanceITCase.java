/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.testkit.Ledger;
import io.flamelake.testkit.LedgerChecker;
import io.flamelake.testkit.LedgerReport;
import io.flamelake.testkit.LoadReport;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * F8 of the fault list: snapshots are expired, orphans removed and files compacted one after the
 * other without a pause, while the ingest job is killed and started again under load. It restores
 * every time, and no file is missing.
 */
class RestoreUnderMaintenanceITCase {
  private static final Logger LOG = LoggerFactory.getLogger(RestoreUnderMaintenanceITCase.class);
  private static final int FAULTS = Integer.getInteger("flamelake.kill.rounds", 2);

  private static final double PROFILES_PER_SECOND = 50;
  private static final long SECONDS_OF_LIFE = 6;

  /** Of a snapshot that is not the newest one nothing is left at the next run. */
  private static final List<String> NO_HISTORY =
      List.of(
          "-ingester.duplicate-window=1s",
          "-query.request-timeout=1s",
          "-maintenance.closed-after=1s",
          "-maintenance.snapshot-age=2s",
          "-maintenance.orphan-grace=2m",
          "-maintenance.segment-grace=1s");

  @Test
  void restoresWhateverMaintenanceRemoves(@TempDir Path dir) throws Exception {
    Path ledgerFile = dir.resolve("ledger");
    Path storage = dir.resolve("data");
    AtomicInteger runs = new AtomicInteger();
    AtomicBoolean stopped = new AtomicBoolean();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread maintenance =
        new Thread(
            () -> {
              try {
                while (!stopped.get()) {
                  MaintenanceRun.complete(storage, NO_HISTORY);
                  runs.incrementAndGet();
                }
              } catch (InterruptedException | AssertionError e) {
                failure.set(e);
              }
            });
    // The gateway lives on and has time to answer, so that no client has to send anything again:
    // after the short duplicate window it would count twice.
    try (FlamelakeProcess gateway =
            FlamelakeProcess.start(
                storage, "-target=gateway,catalog", "-auth.multitenancy-enabled=true");
        FlamelakeProcess ingester =
            FlamelakeProcess.start(
                dir.resolve("ingester"),
                "-target=ingester",
                "-object-store.uri=" + storage.toUri(),
                "-catalog.properties.type=rest",
                "-catalog.properties.uri=" + gateway.uri("/iceberg"),
                "-ingester.checkpoint-interval=1s",
                "-ingester.duplicate-window=1s")) {
      maintenance.start();
      LoadReport load =
          LedgerRun.load(
              gateway,
              ledgerFile,
              PROFILES_PER_SECOND,
              () -> {
                for (int i = 0; i < FAULTS; i++) {
                  TimeUnit.SECONDS.sleep(SECONDS_OF_LIFE);
                  ingester.kill();
                  ingester.restart();
                }

                TimeUnit.SECONDS.sleep(SECONDS_OF_LIFE);
              });
      LedgerRun.awaitDrained(storage, storage);
      stopped.set(true);
      maintenance.join();
      LOG.info(
          "{} times kill -9 of the ingest job, {} runs of maintenance: {}", FAULTS, runs, load);
      assertThat(failure.get()).isNull();
      LedgerReport report = LedgerChecker.check(Ledger.read(ledgerFile), LedgerRun.stored(storage));
      LOG.info("Ledger: {}", report);
      assertThat(report.isClean()).as(report.toString()).isTrue();
      assertThat(report.acknowledged()).isGreaterThan(10);
      assertThat(runs.get()).isPositive();
      assertThat(ingester.log()).doesNotContain("NotFoundException", "NoSuchFileException");
    } finally {
      stopped.set(true);
    }

    for (InspectedTable table : LakeInspection.tables(storage)) {
      LOG.info("{}: {} snapshots", table.name(), table.snapshots());
      assertThat(table.missing()).as("missing files of %s", table.name()).isEmpty();
    }
  }
}
