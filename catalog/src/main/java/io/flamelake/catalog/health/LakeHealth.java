/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog.health;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The state of all tables.
 *
 * @param time when it was read
 * @param oldestUnrolledHour start of the oldest closed hour that has profiles and no valid roll-up;
 *     null if every one has
 * @param unrolledHours how many there are, over all tenants
 * @param bytesByService by tenant and service: the tenant's bytes in all tables, divided by the
 *     samples that the roll-ups count; what is not rolled up yet is divided alike
 */
public record LakeHealth(
    Instant time,
    List<TableHealth> tables,
    @Nullable Instant oldestUnrolledHour,
    int unrolledHours,
    SortedMap<String, SortedMap<String, Long>> bytesByService) {
  public LakeHealth {
    requireNonNull(time, "time");
    tables = List.copyOf(tables);
    bytesByService = Collections.unmodifiableSortedMap(new TreeMap<>(bytesByService));
  }

  /** Bytes of a tenant's data files in all tables. */
  public SortedMap<String, Long> bytesByTenant() {
    return bytesByTenant(tables);
  }

  static SortedMap<String, Long> bytesByTenant(Collection<TableHealth> tables) {
    SortedMap<String, Long> bytes = new TreeMap<>();
    tables.forEach(
        table ->
            table.bytesByTenant().forEach((tenant, part) -> bytes.merge(tenant, part, Long::sum)));
    return bytes;
  }
}
