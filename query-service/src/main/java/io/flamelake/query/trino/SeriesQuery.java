/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import io.flamelake.model.LabelNames;
import io.flamelake.model.LabelSet;
import io.flamelake.query.ProfileQuery;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.SeriesAccumulator;
import io.flamelake.query.TimeGrid;
import io.flamelake.query.symbols.StackResolver;
import io.flamelake.query.trino.ProfileSql.Grouping;
import io.flamelake.query.trino.ProfileSql.SeriesGroups;
import io.flamelake.query.trino.SeriesIndex.Series;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums profiles by group and point of a grid in Trino. Groups are made of labels here: a statement
 * is told the number of each series' group.
 */
final class SeriesQuery {
  private final TrinoStatements statements;
  private final ProfileSql sql;
  private final StackQuery stacks;
  private final ProfileQuery query;
  private final SeriesAccumulator accumulator;
  private final Grouping grouping;

  /** A series of each group; its index is the group's number. */
  private final List<Series> representatives = new ArrayList<>();

  private final Map<LabelSet, Integer> numbers = new HashMap<>();

  SeriesQuery(
      TrinoStatements statements,
      ProfileSql sql,
      StackResolver stacks,
      ProfileQuery query,
      SeriesAccumulator accumulator) {
    this.statements = statements;
    this.sql = sql;
    this.stacks = new StackQuery(statements, sql, stacks, query);
    this.query = query;
    this.accumulator = accumulator;
    this.grouping = grouping(query, accumulator.groupBy());
  }

  private static Grouping grouping(ProfileQuery query, List<String> groupBy) {
    if (SelectedSeries.needsLabels(query, groupBy)) {
      return Grouping.BY_SERIES;
    }

    return groupBy.contains(LabelNames.SERVICE_NAME)
            || groupBy.contains(LabelNames.SERVICE_NAME_PRIVATE)
        ? Grouping.BY_SERVICE
        : Grouping.NOT_AT_ALL;
  }

  /** Adds the selected profiles. */
  void sum(PinnedSeries series, QueryCancellation cancellation) {
    boolean byLabels = grouping == Grouping.BY_SERIES;
    SelectedSeries selected = series.select(query, byLabels, cancellation);
    List<RowFilter> filters = byLabels ? selected.filtersBySeries(query) : selected.filters(query);
    boolean wholeProfiles = query.samples().selectsWholeProfiles();
    TimeGrid grid = accumulator.grid();
    for (StackQuery.Part part : stacks.parts(selected, filters, cancellation)) {
      SeriesGroups groups = byLabels ? groups(part.rows()) : null;
      statements.forEachRow(
          query.tenant(),
          "sum series",
          wholeProfiles
              ? sql.sumTotals(part.rows(), grid, grouping, groups)
              : sql.sumSamples(part.rows(), grid, grouping, groups, part.stacks()),
          cancellation,
          this::add);
    }
  }

  private SeriesGroups groups(RowFilter rows) {
    List<Long> ids = new ArrayList<>();
    List<Integer> groups = new ArrayList<>();
    for (Series one : rows.namedSeries()) {
      ids.add(one.id());
      groups.add(number(one));
    }

    return new SeriesGroups(ids, groups);
  }

  private int number(Series series) {
    LabelSet labels = series.allLabels().project(accumulator.groupBy());
    Integer number = numbers.get(labels);
    if (number == null) {
      number = representatives.size();
      representatives.add(series);
      numbers.put(labels, number);
    }

    return number;
  }

  private void add(ResultSet row) throws SQLException {
    accumulator.add(group(row), Math.toIntExact(row.getLong(2)), row.getLong(3), row.getInt(4));
  }

  private int group(ResultSet row) throws SQLException {
    return switch (grouping) {
      case NOT_AT_ALL -> group("", LabelSet.EMPTY);
      case BY_SERVICE -> {
        String service = row.getString(1);
        yield group(service, LabelSet.of(LabelNames.SERVICE_NAME, service));
      }
      case BY_SERIES -> {
        Series representative = representatives.get(row.getInt(1));
        yield group(representative.service(), representative.labels());
      }
    };
  }

  private int group(String service, LabelSet labels) {
    return accumulator.group(query.type(), service, labels);
  }
}
