/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import io.flamelake.catalog.ProfilesTable;
import io.flamelake.query.ProfileQuery;
import io.flamelake.query.TimeRange;
import io.flamelake.query.trino.SeriesIndex.Series;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Rows of {@code profiles} that one statement reads.
 *
 * @param query its tenant, type and profile ids count here
 * @param range time of the profiles
 * @param service null: any
 * @param series null: any of the service
 */
record RowFilter(
    ProfileQuery query, TimeRange range, @Nullable String service, @Nullable List<Series> series) {

  /** Rows are in order of their services: naming a few of them saves reading the others. */
  private static final int MAX_NAMED_SERVICES = 50;

  private static final long MICROS_PER_DAY = 86_400_000_000L;

  /** The rows of one service and day among these. */
  RowFilter of(String wantedService, long epochDay) {
    long midnight = epochDay * MICROS_PER_DAY;
    return new RowFilter(
        query,
        new TimeRange(
            Math.max(range.startMicros(), midnight),
            Math.min(range.endMicros(), midnight + MICROS_PER_DAY)),
        wantedService,
        series);
  }

  /** Whether all rows are of one UTC day. */
  boolean isOfOneDay() {
    return range.firstEpochDay() == range.lastEpochDay();
  }

  /** The series that are named; none if any will do. */
  List<Series> namedSeries() {
    return series == null ? List.of() : series;
  }

  /** Appends the conditions on a row, of a table known as {@code p}. */
  void appendTo(Sql sql) {
    sql.append(" WHERE p.tenant = ")
        .bind(query.tenant().value())
        .append(" AND p.profile_type = ")
        .bind(query.type().id())
        .andTimeIn("p." + ProfilesTable.TS, range);
    if (service != null) {
      sql.append(" AND p.service_name = ").bind(service);
    }

    appendProfileIds(sql, query.samples().profileIds());
    if (series != null) {
      appendSeries(sql, series);
    }
  }

  private static void appendProfileIds(Sql sql, Set<UUID> ids) {
    if (ids.isEmpty()) {
      return;
    }

    String separator = "";
    sql.append(" AND p.profile_id IN (");
    for (UUID id : ids) {
      sql.append(separator).append("CAST(").bind(id.toString()).append(" AS uuid)");
      separator = ", ";
    }

    sql.append(")");
  }

  private void appendSeries(Sql sql, List<Series> wanted) {
    sql.andIdIn("p." + ProfilesTable.SERIES_ID, wanted.stream().map(Series::id).toList());
    if (service == null) {
      Set<String> services = new TreeSet<>();
      wanted.forEach(one -> services.add(one.service()));
      if (services.size() <= MAX_NAMED_SERVICES) {
        sql.andIn("p." + ProfilesTable.SERVICE_NAME, services);
      }
    }
  }
}
