/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What a ledger says: everything pushed, in order, and what of it was acknowledged. */
public record LedgerContents(Map<UUID, LedgerEntry> entries, Set<UUID> acknowledged) {

  public LedgerContents {
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    acknowledged = Collections.unmodifiableSet(new HashSet<>(acknowledged));
    if (!entries.keySet().containsAll(acknowledged)) {
      throw new IllegalArgumentException("Ledger acknowledges what it did not record");
    }
  }
}
