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

  private static final int ROUNDS = Integer.getInteger("flamelake.kill.rounds", 3);

  @Test
  void losesNothingAndCountsNothingTwice(@TempDir Path dir) throws Exception {
    Path ledgerFile = dir.resolve("ledger");
    try (FlamelakeProcess server =
        FlamelakeProcess.start(
            dir.resolve("data"),
            "-auth.multitenancy-enabled=true",
            "-ingester.checkpoint-interval=1s")) {
      LoadReport load =
          LedgerRun.load(
              server,
              ledgerFile,
              ROUNDS,
              () -> {
                server.kill();
                server.restart();
              });
      LOG.info("{} rounds of kill -9: {}", ROUNDS, load);
      LedgerRun.awaitDrained(server.storage(), server.storage());
      LedgerReport report =
          LedgerChecker.check(Ledger.read(ledgerFile), LedgerRun.stored(server.storage()));
      LOG.info("Ledger: {}", report);
      assertThat(report.isClean()).as(report.toString()).isTrue();
      assertThat(report.acknowledged()).isGreaterThan(10 * ROUNDS);
    }
  }
}
