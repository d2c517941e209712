/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import io.flamelake.catalog.ProfilesTable;
import io.flamelake.query.SampleSelector;
import io.flamelake.query.SampleSelector.TraceId;
import io.flamelake.query.TimeGrid;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The statements on one version of table {@code profiles}, which is {@code p} in all of them; a
 * sample of it is {@code s}.
 */
final class ProfileSql {
  private static final String EPOCH_DAY = "date_diff('day', DATE '1970-01-01', CAST(p.ts AS date))";

  /**
   * The first full millisecond at or after a profile. A grid's points are full milliseconds, so
   * that (t - step, t] keeps its meaning to the microsecond.
   */
  private static final String MILLIS_ROUNDED_UP =
      "date_diff('millisecond', TIMESTAMP '1970-01-01 00:00:00.000000 UTC', p.ts)"
          + " + IF(p.ts > date_trunc('millisecond', p.ts), 1, 0)";

  private final long snapshotId;

  /** How the points of series are told apart. */
  enum Grouping {
    NOT_AT_ALL("0"),
    BY_SERVICE("p.service_name"),
    BY_SERIES("g.series_group");

    private final String expression;

    Grouping(String expression) {
      this.expression = expression;
    }
  }

  /**
   * Series that are named in a statement, each with the number of its group.
   *
   * @param ids parallel to the groups
   */
  record SeriesGroups(List<Long> ids, List<Integer> groups) {}

  ProfileSql(long snapshotId) {
    this.snapshotId = snapshotId;
  }

  /**
   * Rows: stack id, sum; then the service, unless the filter names it; then the day since the
   * epoch, unless the filter has but one.
   */
  Sql sumStacks(RowFilter rows) {
    Sql sql = new Sql().append("SELECT s.stack_id, sum(s.value)");
    String groups = " GROUP BY s.stack_id";
    if (rows.service() == null) {
      sql.append(", p.service_name");
      groups += ", p.service_name";
    }

    if (!rows.isOfOneDay()) {
      sql.append(", ").append(EPOCH_DAY);
      groups += ", " + EPOCH_DAY;
    }

    return appendSamples(sql, rows, null, null).append(groups);
  }

  /** Rows: group, index of the point, sum of the profiles' totals, number of profiles. */
  Sql sumTotals(
      RowFilter rows, TimeGrid grid, Grouping grouping, @Nullable SeriesGroups seriesGroups) {
    Sql sql = appendGroupAndPoint(new Sql().append("SELECT "), grid, grouping);
    sql.append(", sum(p.total_value), count(*) FROM ");
    appendProfiles(sql, seriesGroups);
    rows.appendTo(sql);
    return sql.append(" GROUP BY 1, 2");
  }

  /**
   * Rows: group, index of the point, sum of the selected samples, number of profiles that have any.
   *
   * @param stacks null: all
   */
  Sql sumSamples(
      RowFilter rows,
      TimeGrid grid,
      Grouping grouping,
      @Nullable SeriesGroups seriesGroups,
      @Nullable StackFilter stacks) {
    Sql sql = new Sql().append("SELECT series_group, point, sum(selected), count(*) FROM (SELECT ");
    appendGroupAndPoint(sql, grid, grouping).append(", sum(s.value) AS selected");
    return appendSamples(sql, rows, seriesGroups, stacks)
        .append(" GROUP BY 1, 2, p.profile_id, p.series_id) GROUP BY series_group, point");
  }

  /** Rows: profile id, time, series id, total; profiles with a total of 0 are left out. */
  Sql profileTotals(RowFilter rows) {
    Sql sql = new Sql().append("SELECT p.profile_id, p.ts, p.series_id, p.total_value FROM ");
    appendProfiles(sql, null);
    rows.appendTo(sql);
    return sql.append(" AND p.total_value <> 0");
  }

  /**
   * Rows: profile id, time, series id, sum of the selected samples; profiles with a sum of 0 are
   * left out.
   *
   * @param stacks null: all
   */
  Sql profileSums(RowFilter rows, @Nullable StackFilter stacks) {
    Sql sql = new Sql().append("SELECT p.profile_id, p.ts, p.series_id, sum(s.value)");
    return appendSamples(sql, rows, null, stacks)
        .append(" GROUP BY p.profile_id, p.ts, p.series_id HAVING sum(s.value) <> 0");
  }

  /**
   * Rows: profile id, time, series id, sum of the selected samples, span id, trace id or null; sums
   * of 0 are left out.
   *
   * @param stacks null: all
   */
  Sql spanSums(RowFilter rows, @Nullable StackFilter stacks) {
    Sql sql =
        new Sql()
            .append("SELECT p.profile_id, p.ts, p.series_id, sum(s.value), s.span_id, s.trace_id");
    return appendSamples(sql, rows, null, stacks)
        .append(" AND s.span_id <> 0")
        .append(" GROUP BY p.profile_id, p.ts, p.series_id, s.span_id, s.trace_id")
        .append(" HAVING sum(s.value) <> 0");
  }

  /** One row: time of the oldest and of the newest profile, nulls if there is none. */
  Sql bounds(String tenant) {
    Sql sql = new Sql().append("SELECT min(p.ts), max(p.ts) FROM ");
    appendProfiles(sql, null);
    return sql.append(" WHERE p.tenant = ").bind(tenant);
  }

  private static Sql appendGroupAndPoint(Sql sql, TimeGrid grid, Grouping grouping) {
    return sql.append(grouping.expression)
        .append(" AS series_group, (")
        .append(MILLIS_ROUNDED_UP)
        .append(" + ")
        .bind(grid.stepMillis() - 1 - grid.startMillis())
        .append(") / ")
        .bind(grid.stepMillis())
        .append(" AS point");
  }

  private Sql appendProfiles(Sql sql, @Nullable SeriesGroups groups) {
    sql.version(ProfilesTable.NAME, snapshotId).append(" AS p");
    if (groups != null) {
      sql.append(
              " JOIN (SELECT CAST(id AS bigint) AS series_id, CAST(number AS integer) AS"
                  + " series_group FROM UNNEST(split(")
          .bindList(groups.ids)
          .append(", ','), split(")
          .bindList(groups.groups)
          .append(", ',')) AS numbers (id, number)) AS g ON g.series_id = p.series_id");
    }

    return sql;
  }

  /** Appends where samples come from, and which of them are selected. */
  private Sql appendSamples(
      Sql sql, RowFilter rows, @Nullable SeriesGroups groups, @Nullable StackFilter stacks) {
    appendProfiles(sql.append(" FROM "), groups)
        .append(
            " CROSS JOIN UNNEST(p.stack_ids, p.\"values\", p.span_ids, p.trace_ids)"
                + " AS s (stack_id, value, span_id, trace_id)");
    rows.appendTo(sql);
    SampleSelector selector = rows.query().samples();
    if (!selector.spanIds().isEmpty()) {
      sql.andIdIn("s.span_id", selector.spanIds());
    }

    String separator = " AND s.trace_id IN (";
    for (TraceId id : selector.traceIds()) {
      sql.append(separator).bind(bytes(id));
      separator = ", ";
    }

    if (!selector.traceIds().isEmpty()) {
      sql.append(")");
    }

    if (stacks != null) {
      stacks.appendTo(sql, "s.stack_id");
    }

    return sql;
  }

  private static byte[] bytes(TraceId id) {
    return ByteBuffer.allocate(ProfilesTable.TRACE_ID_LENGTH)
        .putLong(id.high())
        .putLong(id.low())
        .array();
  }
}
