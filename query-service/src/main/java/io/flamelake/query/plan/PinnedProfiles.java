/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.plan;

import io.flamelake.model.TenantId;
import io.flamelake.model.flamegraph.CallTree;
import io.flamelake.query.LabelQuery;
import io.flamelake.query.ProfileQuery;
import io.flamelake.query.ProfileSnapshot;
import io.flamelake.query.ProfileStats;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.SeriesAccumulator;
import io.flamelake.query.SeriesCollector;
import io.flamelake.query.StackSums;
import io.flamelake.query.StackVisitor;
import io.flamelake.query.tail.TailView;

/**
 * All profiles of one tenant that were acknowledged when the question was asked. Used by one
 * thread, and only while its question is being answered.
 */
public final class PinnedProfiles {
  private final ProfileSnapshot snapshot;
  private final TailView tail;
  private final QueryCancellation cancellation;

  PinnedProfiles(ProfileSnapshot snapshot, TailView tail, QueryCancellation cancellation) {
    this.snapshot = snapshot;
    this.tail = tail;
    this.cancellation = cancellation;
  }

  /** Values per stack of the samples that the query selects. */
  public StackSums sumStacks(ProfileQuery query) {
    StackSums sums = new StackSums();
    if (!query.range().isEmpty()) {
      snapshot.sumStacks(query, sums, cancellation);
      tail.sumStacks(query, sums, cancellation);
    }

    return sums;
  }

  /** The samples that the query selects, merged by function name. */
  public CallTree callTree(ProfileQuery query) {
    return snapshot.toCallTree(sumStacks(query), cancellation);
  }

  /** Visits the stacks of samples with all that is known of their frames. */
  public void forEachStack(StackSums sums, StackVisitor visitor) {
    snapshot.forEachStack(sums, visitor, cancellation);
  }

  /** Adds the totals of the profiles that the query selects. */
  public void sumSeries(ProfileQuery query, SeriesAccumulator series) {
    if (!query.range().isEmpty()) {
      snapshot.sumSeries(query, series, cancellation);
      tail.sumSeries(query, series, cancellation);
    }
  }

  /** The distinct series that the query finds, in no order that means anything. */
  public SeriesCollector collectSeries(LabelQuery query, int maxSeries) {
    SeriesCollector series = new SeriesCollector(maxSeries);
    if (!query.range().isEmpty()) {
      snapshot.collectSeries(query, series, cancellation);
      tail.collectSeries(query, series, cancellation);
    }

    return series;
  }

  /** What there is of the tenant. */
  public ProfileStats stats(TenantId tenant) {
    return snapshot.stats(tenant, cancellation).merge(tail.stats(cancellation));
  }
}
