/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.table;

import io.flamelake.catalog.ProfilesTable;
import io.flamelake.model.TenantId;
import io.flamelake.query.TimeRange;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;

/** Selects rows of one tenant and a range of time in any table with both columns. */
public final class TenantFilter {
  /** Iceberg's hour transform overflows beyond; no profile is from there. */
  private static final long MAX_PLANNED_MICROS = 7_000_000_000_000_000_000L;

  public static Expression of(TenantId tenant, TimeRange range) {
    return Expressions.and(
        Expressions.equal(ProfilesTable.TENANT, tenant.value()),
        Expressions.greaterThanOrEqual(ProfilesTable.TS, planned(range.startMicros())),
        Expressions.lessThan(ProfilesTable.TS, planned(range.endMicros())));
  }

  private static long planned(long micros) {
    return Math.max(-MAX_PLANNED_MICROS, Math.min(MAX_PLANNED_MICROS, micros));
  }

  private TenantFilter() {}
}
