/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import io.flamelake.model.ProfileType;
import io.flamelake.model.TenantId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Compares what a server stored with what its clients wrote down.
 *
 * <p>An acknowledged profile must be stored once, with all its rows. One without an acknowledgement
 * may be stored once or not at all: the client cannot know. Ids that the ledger does not know, such
 * as the server's profiles of itself, are counted and otherwise ignored.
 */
public final class LedgerChecker {

  private record RowKey(UUID id, ProfileType type) {}

  private record SumKey(TenantId tenant, ProfileType type) {}

  public static LedgerReport check(LedgerContents ledger, StoredProfiles storedProfiles) {
    LedgerChecker checker = new LedgerChecker(ledger);
    storedProfiles.forEach(checker::add);
    return checker.report();
  }

  private final LedgerContents ledger;
  private final Map<RowKey, Integer> rows = new HashMap<>();
  private final Map<SumKey, Long> sums = new HashMap<>();
  private final Set<UUID> stored = new HashSet<>();
  private final Set<UUID> foreign = new TreeSet<>();
  private final Set<UUID> unknown = new HashSet<>();

  private LedgerChecker(LedgerContents ledger) {
    this.ledger = ledger;
  }

  private void add(StoredProfile row) {
    LedgerEntry entry = ledger.entries().get(row.profileId());
    if (entry == null) {
      unknown.add(row.profileId());
      return;
    }

    sums.merge(new SumKey(row.tenant(), row.type()), row.totalValue(), Long::sum);
    if (!entry.tenant().equals(row.tenant())) {
      foreign.add(row.profileId());
      return;
    }

    stored.add(row.profileId());
    rows.merge(new RowKey(row.profileId(), row.type()), 1, Integer::sum);
  }

  private LedgerReport report() {
    Set<UUID> lost = new TreeSet<>();
    Map<SumKey, Long> expectedSums = new HashMap<>();
    for (LedgerEntry entry : ledger.entries().values()) {
      boolean isAcknowledged = ledger.acknowledged().contains(entry.id());
      boolean isStored = stored.contains(entry.id());
      entry
          .totals()
          .forEach(
              (type, total) -> {
                if (isAcknowledged && !rows.containsKey(new RowKey(entry.id(), type))) {
                  lost.add(entry.id());
                }

                if (isStored) {
                  expectedSums.merge(new SumKey(entry.tenant(), type), total, Long::sum);
                }
              });
    }

    Set<UUID> duplicated = new TreeSet<>();
    rows.forEach(
        (row, count) -> {
          if (count > 1) {
            duplicated.add(row.id());
          }
        });
    return new LedgerReport(
        ledger.acknowledged().size(),
        ledger.entries().size() - ledger.acknowledged().size(),
        stored.size(),
        unknown.size(),
        lost,
        duplicated,
        foreign,
        wrongSums(expectedSums));
  }

  private Set<String> wrongSums(Map<SumKey, Long> expectedSums) {
    Set<SumKey> keys = new HashSet<>(sums.keySet());
    keys.addAll(expectedSums.keySet());
    Set<String> wrong = new TreeSet<>();
    for (SumKey key : keys) {
      long expected = expectedSums.getOrDefault(key, 0L);
      long actual = sums.getOrDefault(key, 0L);
      if (expected != actual) {
        wrong.add(
            key.tenant() + " " + key.type() + ": " + actual + " (expected: " + expected + ")");
      }
    }

    return wrong;
  }
}
