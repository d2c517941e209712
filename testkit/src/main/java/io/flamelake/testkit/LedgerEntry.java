/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import io.flamelake.model.ProfileType;
import io.flamelake.model.TenantId;
import java.util.Map;
import java.util.UUID;

/** A pushed pprof: who pushed it, and the rows it becomes with the sum of each one's values. */
public record LedgerEntry(UUID id, TenantId tenant, String service, Map<ProfileType, Long> totals) {

  /**
   * @throws IllegalArgumentException if there is no row or one without weight, which is not stored
   */
  public LedgerEntry {
    totals = Map.copyOf(totals);
    if (totals.isEmpty() || totals.values().stream().anyMatch(total -> total <= 0)) {
      throw new IllegalArgumentException("totals: " + totals + " (expected: > 0 each)");
    }
  }
}
