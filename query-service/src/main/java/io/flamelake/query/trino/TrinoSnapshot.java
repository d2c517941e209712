/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.model.flamegraph.CallTreeBuilder;
import io.flamelake.query.LabelQuery;
import io.flamelake.query.ProfileQuery;
import io.flamelake.query.ProfileSnapshot;
import io.flamelake.query.ProfileStats;
import io.flamelake.query.ProfileVisitor;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.RollUps;
import io.flamelake.query.SeriesAccumulator;
import io.flamelake.query.SeriesCollector;
import io.flamelake.query.SpanVisitor;
import io.flamelake.query.StackSums;
import io.flamelake.query.StackVisitor;
import io.flamelake.query.TimeRange;
import io.flamelake.query.symbols.StackResolver;
import org.jspecify.annotations.Nullable;

/** One version of {@code profiles}, with the stacks and series of that version or a later one. */
final class TrinoSnapshot implements ProfileSnapshot {
  private final TrinoStatements statements;
  private final LaneWatermarks watermarks;
  private final @Nullable ProfileSql profiles;
  private final StackResolver stacks;
  private final PinnedSeries series;
  private final RollUpLoader rollUps;

  /** Finds the roll-ups that agree with this version. */
  @FunctionalInterface
  interface RollUpLoader {
    RollUps load(TenantId tenant, TimeRange range, QueryCancellation cancellation);
  }

  /**
   * @param snapshotId version of {@code profiles}; null if the table is empty
   */
  TrinoSnapshot(
      TrinoStatements statements,
      @Nullable Long snapshotId,
      LaneWatermarks watermarks,
      StackResolver stacks,
      PinnedSeries series,
      RollUpLoader rollUps) {
    this.statements = statements;
    this.watermarks = watermarks;
    this.profiles = snapshotId == null ? null : new ProfileSql(snapshotId);
    this.stacks = stacks;
    this.series = series;
    this.rollUps = rollUps;
  }

  @Override
  public LaneWatermarks watermarks() {
    return watermarks;
  }

  @Override
  public void sumStacks(ProfileQuery query, StackSums sums, QueryCancellation cancellation) {
    cancellation.check();
    if (profiles != null) {
      new StackQuery(statements, profiles, stacks, query).sum(sums, series, cancellation);
    }
  }

  @Override
  public void sumSeries(
      ProfileQuery query, SeriesAccumulator accumulator, QueryCancellation cancellation) {
    cancellation.check();
    if (profiles != null) {
      new SeriesQuery(statements, profiles, stacks, query, accumulator).sum(series, cancellation);
    }
  }

  @Override
  public void visitProfiles(
      ProfileQuery query, ProfileVisitor visitor, QueryCancellation cancellation) {
    cancellation.check();
    if (profiles != null) {
      new ProfileVisit(statements, profiles, stacks, query)
          .visitProfiles(visitor, series, cancellation);
    }
  }

  @Override
  public void visitSpans(ProfileQuery query, SpanVisitor visitor, QueryCancellation cancellation) {
    cancellation.check();
    if (profiles != null) {
      new ProfileVisit(statements, profiles, stacks, query)
          .visitSpans(visitor, series, cancellation);
    }
  }

  @Override
  public void collectSeries(
      LabelQuery query, SeriesCollector collector, QueryCancellation cancellation) {
    cancellation.check();
    for (SeriesIndex.Series one : series.list(query, cancellation)) {
      LabelSet labels = one.labels();
      if (query.matches(one.type(), one.service(), labels)) {
        collector.add(one.type(), labels);
      }
    }
  }

  @Override
  public ProfileStats stats(TenantId tenant, QueryCancellation cancellation) {
    ProfileStats[] stats = {ProfileStats.NONE};
    if (profiles != null) {
      statements.forEachRow(
          tenant,
          "find the oldest and newest profile",
          profiles.bounds(tenant.value()),
          cancellation,
          row -> {
            if (row.getTimestamp(1) != null) {
              stats[0] = new ProfileStats(true, RowTimes.micros(row, 1), RowTimes.micros(row, 2));
            }
          });
    }

    return stats[0];
  }

  @Override
  public void addTo(CallTreeBuilder tree, StackSums sums, QueryCancellation cancellation) {
    stacks.addTo(tree, sums, cancellation);
  }

  @Override
  public RollUps rollUps(TenantId tenant, TimeRange range, QueryCancellation cancellation) {
    return profiles == null ? RollUps.NONE : rollUps.load(tenant, range, cancellation);
  }

  @Override
  public void forEachStack(StackSums sums, StackVisitor visitor, QueryCancellation cancellation) {
    stacks.forEachStack(sums, visitor, cancellation);
  }
}
