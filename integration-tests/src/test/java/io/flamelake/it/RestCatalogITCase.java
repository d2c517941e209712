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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ingest through the REST catalog of another process, with kill -9 of either under load. The oracle
 * is the clients' ledger.
 */
class RestCatalogITCase {
  private static final Logger LOG = LoggerFactory.getLogger(RestCatalogITCase.class);
  private static final int FAULTS = 4;

  @TempDir private Path dir;

  @Test
  void losesNothingAndCountsNothingTwice() throws Exception {
    Path ledgerFile = dir.resolve("ledger");
    try (FlamelakeProcess catalog =
            FlamelakeProcess.start(dir.resolve("tables"), "-target=catalog");
        FlamelakeProcess server =
            FlamelakeProcess.start(
                dir.resolve("data"),
                "-target=gateway,ingester,querier",
                "-catalog.properties.type=rest",
                "-catalog.properties.uri=" + catalog.uri("/iceberg"),
                "-auth.multitenancy-enabled=true",
                "-ingester.checkpoint-interval=1s")) {
      AtomicInteger faults = new AtomicInteger();
      LoadReport load =
          LedgerRun.load(
              server,
              ledgerFile,
              FAULTS,
              () -> {
                FlamelakeProcess victim = faults.getAndIncrement() % 2 == 0 ? catalog : server;
                victim.kill();
                victim.restart();
              });
      LOG.info("{} times kill -9: {}", FAULTS, load);
      LedgerRun.awaitDrained(server.storage(), catalog.storage());
      LedgerReport report =
          LedgerChecker.check(Ledger.read(ledgerFile), LedgerRun.stored(catalog.storage()));
      LOG.info("Ledger: {}", report);
      assertThat(report.isClean()).as(report.toString()).isTrue();
      assertThat(report.acknowledged()).isGreaterThan(10);
      assertThat(server.storage().resolve("catalog")).doesNotExist();
    }
  }
}
