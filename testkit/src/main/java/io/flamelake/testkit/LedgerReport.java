/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import java.util.Collection;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The verdict on a run under faults.
 *
 * @param lost L: acknowledged ids of which a row is missing
 * @param duplicated D: ids of which a row is stored more than once
 * @param foreign X: ids found under another tenant
 * @param wrongSums S: tenants and profile types whose values do not add up to the ledger's for the
 *     ids that are stored
 * @param unknown how many ids are stored that the ledger does not have
 */
public record LedgerReport(
    int acknowledged,
    int unacknowledged,
    int stored,
    int unknown,
    Set<UUID> lost,
    Set<UUID> duplicated,
    Set<UUID> foreign,
    Set<String> wrongSums) {

  private static final int SHOWN = 5;

  /** Whether L = D = X = 0 and S is exact. */
  public boolean isClean() {
    return lost.isEmpty() && duplicated.isEmpty() && foreign.isEmpty() && wrongSums.isEmpty();
  }

  @Override
  public String toString() {
    return String.format(
        "L=%d D=%d X=%d S=%s acknowledged=%d unacknowledged=%d stored=%d unknown=%d%s%s%s%s",
        lost.size(),
        duplicated.size(),
        foreign.size(),
        wrongSums.isEmpty() ? "exact" : wrongSums.size() + " wrong",
        acknowledged,
        unacknowledged,
        stored,
        unknown,
        examples("lost", lost),
        examples("duplicated", duplicated),
        examples("foreign", foreign),
        examples("wrong sums", wrongSums));
  }

  private static String examples(String name, Collection<?> values) {
    if (values.isEmpty()) {
      return "";
    }

    return values.stream()
        .limit(SHOWN)
        .map(Object::toString)
        .collect(Collectors.joining(", ", "; " + name + ": ", values.size() > SHOWN ? ", …" : ""));
  }
}
