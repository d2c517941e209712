/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.table;

import io.flamelake.catalog.PartitionVersion;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Collects what the rows of a roll-up table say that they cover. All rows of a period come in one
 * commit and say the same; a period whose rows differ was written by somebody else and is left out.
 */
public final class CoveredVersions {
  private final Map<Long, PartitionVersion> versions = new HashMap<>();
  private final Set<Long> contradictory = new HashSet<>();

  /** Adds what one row says. */
  public void add(long number, PartitionVersion version) {
    PartitionVersion known = versions.putIfAbsent(number, version);
    if (known != null && !known.equals(version)) {
      contradictory.add(number);
    }
  }

  /** The periods that have rows. */
  Set<Long> numbers() {
    return Collections.unmodifiableSet(versions.keySet());
  }

  /** Whether all rows of a period say that they cover a version. */
  boolean agreeOn(long number, PartitionVersion version) {
    return version.equals(versions.get(number)) && !contradictory.contains(number);
  }
}
