/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import io.flamelake.catalog.SeriesTable;
import io.flamelake.model.Label;
import io.flamelake.model.LabelNames;
import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.model.TenantId;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.QueryTooLargeException;
import io.flamelake.query.cache.WeightedCache;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Label sets of series by day, from table {@code series}. A list is kept for as long as the table's
 * version is the newest, which changes when a series appears. Safe for use by many threads.
 */
final class SeriesIndex {
  /** More of them would neither fit into memory nor into the statements that name them. */
  private static final int MAX_ROWS = 500_000;

  private static final int BYTES_PER_ROW = 200;
  private static final int BYTES_PER_LABEL = 100;

  private final WeightedCache<Scope, List<Series>> cache;

  /**
   * Which series to list.
   *
   * @param snapshotId version of the table
   * @param type null: of all types
   * @param service null: of all services
   */
  record Scope(
      long snapshotId,
      TenantId tenant,
      long firstEpochDay,
      long lastEpochDay,
      @Nullable ProfileType type,
      @Nullable String service) {}

  /** A series of one type. */
  record Series(long id, ProfileType type, LabelSet labels) {
    String service() {
      return labels.value(LabelNames.SERVICE_NAME);
    }

    LabelSet allLabels() {
      return labels.merge(type.labels(service()));
    }
  }

  SeriesIndex(long maxBytes) {
    this.cache = new WeightedCache<>(maxBytes, SeriesIndex::weigh);
  }

  private static long weigh(List<Series> rows) {
    long weight = BYTES_PER_ROW;
    for (Series row : rows) {
      weight += BYTES_PER_ROW;
      for (Label label : row.labels.labels()) {
        weight += BYTES_PER_LABEL + label.name().length() + label.value().length();
      }
    }

    return weight;
  }

  /**
   * The series of a scope, each once.
   *
   * @throws QueryTooLargeException if there are more than this process can hold
   */
  List<Series> load(Scope scope, TrinoStatements statements, QueryCancellation cancellation) {
    List<Series> cached = cache.find(scope);
    if (cached != null) {
      return cached;
    }

    List<Series> series = new ArrayList<>();
    statements.forEachRow(
        scope.tenant, "list series", sql(scope), cancellation, row -> series.add(read(row)));
    if (series.size() > MAX_ROWS) {
      throw new QueryTooLargeException(
          "Query has to look through more than "
              + MAX_ROWS
              + " series, narrow the time range or name a service");
    }

    return cache.add(scope, List.copyOf(series));
  }

  private static Sql sql(Scope scope) {
    Sql sql =
        new Sql()
            .append("SELECT profile_type, series_id, any_value(labels) FROM ")
            .version(SeriesTable.NAME, scope.snapshotId)
            .append(" WHERE tenant = ")
            .bind(scope.tenant.value())
            .andDayIn(SeriesTable.DAY, scope.firstEpochDay, scope.lastEpochDay);
    if (scope.type != null) {
      sql.append(" AND profile_type = ").bind(scope.type.id());
    }

    if (scope.service != null) {
      sql.append(" AND service_name = ").bind(scope.service);
    }

    return sql.append(" GROUP BY profile_type, series_id LIMIT ").append(MAX_ROWS + 1);
  }

  private static Series read(ResultSet row) throws SQLException {
    List<Label> labels = new ArrayList<>();
    if (row.getObject(3) instanceof Map<?, ?> map) {
      map.forEach((name, value) -> labels.add(new Label((String) name, (String) value)));
    }

    return new Series(row.getLong(2), ProfileType.parse(row.getString(1)), LabelSet.of(labels));
  }
}
