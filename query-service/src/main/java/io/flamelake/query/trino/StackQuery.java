/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import io.flamelake.query.ProfileQuery;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.StackSums;
import io.flamelake.query.symbols.StackResolver;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sums samples by their stacks in Trino; conditions on stacks are applied to the sums here. */
final class StackQuery {
  private final TrinoStatements statements;
  private final ProfileSql sql;
  private final StackResolver stacks;
  private final ProfileQuery query;

  /**
   * Rows of which certain stacks are wanted.
   *
   * @param stacks null: all
   */
  record Part(RowFilter rows, @Nullable StackFilter stacks) {}

  StackQuery(TrinoStatements statements, ProfileSql sql, StackResolver stacks, ProfileQuery query) {
    this.statements = statements;
    this.sql = sql;
    this.stacks = stacks;
    this.query = query;
  }

  /** Adds the values of the selected samples. */
  void sum(StackSums sums, PinnedSeries series, QueryCancellation cancellation) {
    SelectedSeries selected = series.select(query, false, cancellation);
    if (query.samples().stacks().selectsAll()) {
      scan(selected, sums, cancellation);
      return;
    }

    StackSums all = new StackSums();
    scan(selected, all, cancellation);
    for (StackSums.Group group : all.groups()) {
      StackSums.Key key = group.key();
      for (long id : stacks.select(query.samples().stacks(), group, cancellation)) {
        sums.group(key.tenant(), key.serviceName(), key.epochDay()).add(id, group.sums().get(id));
      }
    }
  }

  /**
   * Cuts rows into parts that one statement can say the wanted stacks of: ids of stacks mean
   * something only within a service and day.
   */
  List<Part> parts(
      SelectedSeries selected, List<RowFilter> filters, QueryCancellation cancellation) {
    if (query.samples().stacks().selectsAll()) {
      return filters.stream().map(rows -> new Part(rows, null)).toList();
    }

    StackSums all = new StackSums();
    scan(selected, all, cancellation);
    List<Part> parts = new ArrayList<>();
    for (StackSums.Group group : all.groups()) {
      LongOpenHashSet wanted = stacks.select(query.samples().stacks(), group, cancellation);
      if (!wanted.isEmpty()) {
        StackFilter filter = StackFilter.of(group, wanted);
        StackSums.Key key = group.key();
        filters.forEach(
            rows -> parts.add(new Part(rows.of(key.serviceName(), key.epochDay()), filter)));
      }
    }

    return parts;
  }

  /** Sums the stacks without regard to the conditions on them. */
  private void scan(SelectedSeries selected, StackSums sums, QueryCancellation cancellation) {
    for (RowFilter rows : selected.filters(query)) {
      statements.forEachRow(
          query.tenant(),
          "sum stacks",
          sql.sumStacks(rows),
          cancellation,
          row -> add(row, rows, sums));
    }
  }

  private void add(ResultSet row, RowFilter rows, StackSums sums) throws SQLException {
    int column = 3;
    String service = rows.service();
    if (service == null) {
      service = row.getString(column++);
    }

    long day = rows.isOfOneDay() ? rows.range().firstEpochDay() : row.getLong(column);
    sums.group(query.tenant(), service, day).add(row.getLong(1), row.getLong(2));
  }
}
