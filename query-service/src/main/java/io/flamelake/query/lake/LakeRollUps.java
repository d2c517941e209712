/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.model.flamegraph.CallTree;
import io.flamelake.model.flamegraph.CallTreeBuilder;
import io.flamelake.query.ProfileQuery;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.QueryReads;
import io.flamelake.query.RollUpCoverage;
import io.flamelake.query.RollUpPeriod;
import io.flamelake.query.RollUps;
import io.flamelake.query.cache.WeightedCache;
import java.util.Collection;
import java.util.List;

/** Reads roll-ups from the data files of their tables. */
final class LakeRollUps implements RollUps {
  private final RollUpCoverage coverage;
  private final RollUpTable hours;
  private final RollUpTable days;
  private final ParquetFiles files;
  private final ScanExecutor executor;
  private final WeightedCache<List<RollUpTable.Row>, CallTree> trees;
  private final QueryReads reads;

  LakeRollUps(
      RollUpCoverage coverage,
      RollUpTable hours,
      RollUpTable days,
      ParquetFiles files,
      ScanExecutor executor,
      WeightedCache<List<RollUpTable.Row>, CallTree> trees,
      QueryReads reads) {
    this.coverage = coverage;
    this.hours = hours;
    this.days = days;
    this.files = files;
    this.executor = executor;
    this.trees = trees;
    this.reads = reads;
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
    cancellation.check();
    if (numbers.isEmpty()) {
      return;
    }

    RollUpTable table = period == RollUpPeriod.HOUR ? hours : days;
    List<RollUpTable.Row> rows = table.rows(query, numbers);
    reads.addRollUps(period, rows.size());
    tree.merge(new RollUpTrees(table, files, executor, trees).merge(rows, cancellation));
  }
}
