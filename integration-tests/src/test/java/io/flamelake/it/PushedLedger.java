/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import io.flamelake.testkit.HistorySeries;
import io.flamelake.testkit.LedgerChecker;
import io.flamelake.testkit.LedgerContents;
import io.flamelake.testkit.LedgerEntry;
import io.flamelake.testkit.LedgerReport;
import io.flamelake.testkit.ProfileHistory;
import io.flamelake.testkit.PushedHistory;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/** What was pushed of a history, as a ledger to check the tables with. */
final class PushedLedger {
  private PushedLedger() {}

  /** Compares the rows of table {@code profiles} with what was acknowledged. */
  static LedgerReport check(PushedHistory pushed, Path tables) {
    ProfileHistory history = pushed.history();
    Map<UUID, LedgerEntry> entries = new LinkedHashMap<>();
    for (HistorySeries series : history.series()) {
      for (int minute = 0; minute < history.minutes(); minute++) {
        if (pushed.has(series, minute)) {
          UUID id = history.id(series, minute);
          entries.put(
              id,
              new LedgerEntry(
                  id,
                  series.tenant(),
                  series.service(),
                  Map.of(series.type(), history.total(series, minute))));
        }
      }
    }

    return LedgerChecker.check(
        new LedgerContents(entries, entries.keySet()), LedgerRun.stored(tables));
  }
}
