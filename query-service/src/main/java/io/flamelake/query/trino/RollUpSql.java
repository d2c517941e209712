/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import io.flamelake.catalog.FlameTable;
import io.flamelake.model.TenantId;
import io.flamelake.query.ProfileQuery;
import io.flamelake.query.RollUpPeriod;
import io.flamelake.query.TimeRange;
import java.util.Collection;
import java.util.Collections;

/**
 * The statements on one version of a table of roll-ups.
 *
 * @param period what a row of the table is of
 */
record RollUpSql(RollUpPeriod period, long snapshotId) {

  /** Rows: number of a period, covered sequence, covered rows; each once. */
  Sql covered(TenantId tenant, TimeRange range) {
    Sql sql =
        new Sql()
            .append("SELECT DISTINCT ")
            .append(number())
            .append(", covered_sequence, covered_rows FROM ")
            .version(table(), snapshotId);
    return appendTenantAndTime(sql, tenant, range);
  }

  /** Rows: the services that have a tree in one of the periods; each once. */
  Sql services(ProfileQuery query, Collection<Long> numbers) {
    return appendPeriods(new Sql().append("SELECT DISTINCT service_name FROM "), query, numbers);
  }

  /** Rows: total value, names, parents, functions, self. */
  Sql trees(ProfileQuery query, Collection<Long> numbers) {
    return appendPeriods(
        new Sql().append("SELECT total_value, names, parents, functions, self FROM "),
        query,
        numbers);
  }

  private Sql appendPeriods(Sql sql, ProfileQuery query, Collection<Long> numbers) {
    TimeRange all =
        new TimeRange(
            period.startMicros(Collections.min(numbers)),
            period.startMicros(Collections.max(numbers) + 1));
    return appendTenantAndTime(sql.version(table(), snapshotId), query.tenant(), all)
        .append(" AND profile_type = ")
        .bind(query.type().id())
        .andIdIn(number(), numbers);
  }

  private static Sql appendTenantAndTime(Sql sql, TenantId tenant, TimeRange range) {
    return sql.append(" WHERE tenant = ").bind(tenant.value()).andTimeIn(FlameTable.TS, range);
  }

  private String table() {
    return switch (period) {
      case HOUR -> FlameTable.HOURLY;
      case DAY -> FlameTable.DAILY;
    };
  }

  /** Periods start at full hours and days, so that there is nothing to round. */
  private String number() {
    return switch (period) {
      case HOUR -> "date_diff('hour', TIMESTAMP '1970-01-01 00:00:00.000000 UTC', ts)";
      case DAY -> "date_diff('day', TIMESTAMP '1970-01-01 00:00:00.000000 UTC', ts)";
    };
  }
}
