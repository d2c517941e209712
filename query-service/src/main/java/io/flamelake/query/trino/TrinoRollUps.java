/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import io.flamelake.catalog.FlameTable;
import io.flamelake.catalog.PartitionVersion;
import io.flamelake.model.LabelNames;
import io.flamelake.model.TenantId;
import io.flamelake.model.flamegraph.CallTree;
import io.flamelake.model.flamegraph.CallTreeBuilder;
import io.flamelake.model.flamegraph.PreorderTree;
import io.flamelake.query.ProfileQuery;
import io.flamelake.query.ProfileStoreException;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.RollUpCoverage;
import io.flamelake.query.RollUpPeriod;
import io.flamelake.query.RollUps;
import io.flamelake.query.TimeRange;
import io.flamelake.query.table.CoveredVersions;
import io.flamelake.query.table.HourVersions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads roll-ups of one tenant in Trino. */
final class TrinoRollUps implements RollUps {
  private final TrinoStatements statements;
  private final Map<RollUpPeriod, RollUpSql> tables;
  private final RollUpCoverage coverage;

  private TrinoRollUps(
      TrinoStatements statements, Map<RollUpPeriod, RollUpSql> tables, RollUpCoverage coverage) {
    this.statements = statements;
    this.tables = tables;
    this.coverage = coverage;
  }

  /**
   * Asks which roll-ups there are, and keeps those that agree with the profiles.
   *
   * @param hours of the tenant and range in the pinned version of {@code profiles}
   * @param tables those that have rows, in versions that were read after that of {@code profiles}
   */
  static RollUps load(
      HourVersions hours,
      Map<RollUpPeriod, RollUpSql> tables,
      TrinoStatements statements,
      TenantId tenant,
      TimeRange range,
      QueryCancellation cancellation) {
    RollUpCoverage coverage =
        hours.coverage(
            covered(tables.get(RollUpPeriod.HOUR), statements, tenant, range, cancellation),
            covered(tables.get(RollUpPeriod.DAY), statements, tenant, range, cancellation));
    return new TrinoRollUps(statements, tables, coverage);
  }

  private static CoveredVersions covered(
      @Nullable RollUpSql table,
      TrinoStatements statements,
      TenantId tenant,
      TimeRange range,
      QueryCancellation cancellation) {
    CoveredVersions versions = new CoveredVersions();
    if (table == null) {
      return versions;
    }

    statements.forEachRow(
        tenant,
        "list roll-ups",
        table.covered(tenant, range),
        cancellation,
        row -> versions.add(row.getLong(1), new PartitionVersion(row.getLong(2), row.getLong(3))));
    return versions;
  }

  @Override
  public RollUpCoverage coverage() {
    return coverage;
  }

  @Override
  public void merge(
      ProfileQuery query,
      RollUpPeriod period,
      Collection<Long> numbers,
      CallTreeBuilder tree,
      QueryCancellation cancellation) {
    RollUpSql table = tables.get(period);
    if (table == null || numbers.isEmpty()) {
      return;
    }

    Sql trees = table.trees(query, numbers);
    if (!query.selector().matchers().isEmpty()) {
      List<String> services = selectedServices(table, query, numbers, cancellation);
      if (services.isEmpty()) {
        return;
      }

      trees.andIn(FlameTable.SERVICE_NAME, services);
    }

    long[] rows = new long[1];
    statements.forEachRow(
        query.tenant(),
        "merge roll-ups",
        trees,
        cancellation,
        row -> {
          tree.merge(tree(row));
          rows[0]++;
        });
    statements.countRollUps(period, rows[0]);
  }

  /** Conditions on services are applied here, by the same code as everywhere. */
  private List<String> selectedServices(
      RollUpSql table,
      ProfileQuery query,
      Collection<Long> numbers,
      QueryCancellation cancellation) {
    String only = query.selector().equalValue(LabelNames.SERVICE_NAME);
    if (only != null) {
      return query.selectsService(only) ? List.of(only) : List.of();
    }

    List<String> services = new ArrayList<>();
    statements.forEachRow(
        query.tenant(),
        "list services of roll-ups",
        table.services(query, numbers),
        cancellation,
        row -> {
          String service = row.getString(1);
          if (query.selectsService(service)) {
            services.add(service);
          }
        });
    return services;
  }

  private static CallTree tree(ResultSet row) throws SQLException {
    try {
      return new PreorderTree(
              RowLists.strings(row, 2),
              RowLists.ints(row, 3),
              RowLists.ints(row, 4),
              RowLists.longs(row, 5),
              row.getLong(1))
          .toCallTree();
    } catch (IllegalArgumentException e) {
      throw new ProfileStoreException("A roll-up is damaged: " + e.getMessage(), e);
    }
  }
}
