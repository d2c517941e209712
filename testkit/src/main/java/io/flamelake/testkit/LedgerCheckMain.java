/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import java.nio.file.Path;

/** Command line of {@link LedgerChecker}; ends with status 1 unless the ledger is met. */
public final class LedgerCheckMain {

  public static void main(String[] args) {
    CommandLine line = CommandLine.parse(args, "ledger", "stored");
    LedgerReport report =
        LedgerChecker.check(
            Ledger.read(Path.of(line.value("ledger"))),
            new StoredProfilesFile(Path.of(line.value("stored"))));
    System.out.println(report);
    System.exit(report.isClean() ? 0 : 1);
  }

  private LedgerCheckMain() {}
}
