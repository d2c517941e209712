/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.plan;

import io.flamelake.model.Selector;
import io.flamelake.model.flamegraph.CallTree;
import io.flamelake.model.flamegraph.CallTreeBuilder;
import io.flamelake.query.LabelQuery;
import io.flamelake.query.ProfileQuery;
import io.flamelake.query.ProfileSelection;
import io.flamelake.query.ProfileSnapshot;
import io.flamelake.query.ProfileStats;
import io.flamelake.query.ProfileVisitor;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.QueryReads;
import io.flamelake.query.RollUpPeriod;
import io.flamelake.query.RollUps;
import io.flamelake.query.SeriesAccumulator;
import io.flamelake.query.SeriesCollector;
import io.flamelake.query.SpanVisitor;
import io.flamelake.query.StackSums;
import io.flamelake.query.StackVisitor;
import io.flamelake.query.TimeRange;
import io.flamelake.query.tail.TailView;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * All profiles of some tenants that were acknowledged when the question was asked. Used by one
 * thread, and only while its question is being answered.
 *
 * <p>Each tenant is asked for on its own, so that a row of any other tenant cannot be in an answer,
 * and the answers are merged: stacks by function name, series by their labels.
 */
public final class PinnedProfiles {
  private final ProfileSnapshot snapshot;
  private final List<TailView> tails;
  private final QueryCancellation cancellation;
  private final QueryReads reads;

  /**
   * @param tails of each tenant one
   */
  PinnedProfiles(
      ProfileSnapshot snapshot,
      List<TailView> tails,
      QueryCancellation cancellation,
      QueryReads reads) {
    this.snapshot = snapshot;
    this.tails = List.copyOf(tails);
    this.cancellation = cancellation;
    this.reads = reads;
  }

  /** Values per stack of the selected samples. */
  public StackSums sumStacks(ProfileSelection selection) {
    StackSums sums = new StackSums();
    forEachTenant(
        selection,
        (tail, query) -> {
          snapshot.sumStacks(query, sums, cancellation);
          tail.sumStacks(query, sums, cancellation);
        });
    return sums;
  }

  /**
   * The selected samples, merged by function name: full days and hours from roll-ups where these
   * agree with the pinned version, the rest from the profiles.
   */
  public CallTree callTree(ProfileSelection selection) {
    CallTreeBuilder tree = CallTree.builder();
    StackSums sums = new StackSums();
    forEachTenant(
        selection,
        (tail, query) -> {
          addTables(query, tree, sums);
          tail.sumStacks(query, sums, cancellation);
        });
    snapshot.addTo(tree, sums, cancellation);
    return tree.build();
  }

  private void addTables(ProfileQuery query, CallTreeBuilder tree, StackSums sums) {
    RollUps rollUps =
        query.selectsWholeServices()
            ? snapshot.rollUps(query.tenant(), query.range(), cancellation)
            : RollUps.NONE;
    RangePlan plan = RangePlan.of(query.range(), rollUps.coverage());
    rollUps.merge(query, RollUpPeriod.DAY, plan.days(), tree, cancellation);
    rollUps.merge(query, RollUpPeriod.HOUR, plan.hours(), tree, cancellation);
    for (TimeRange range : plan.raw()) {
      snapshot.sumStacks(query.withRange(range), sums, cancellation);
    }
  }

  /** Visits the stacks of samples with all that is known of their frames. */
  public void forEachStack(StackSums sums, StackVisitor visitor) {
    snapshot.forEachStack(sums, visitor, cancellation);
  }

  /** Adds the totals of the selected profiles. */
  public void sumSeries(ProfileSelection selection, SeriesAccumulator series) {
    forEachTenant(
        selection,
        (tail, query) -> {
          snapshot.sumSeries(query, series, cancellation);
          tail.sumSeries(query, series, cancellation);
        });
  }

  /** Shows each selected profile with the sum of its selected samples. */
  public void visitProfiles(ProfileSelection selection, ProfileVisitor visitor) {
    forEachTenant(
        selection,
        (tail, query) -> {
          snapshot.visitProfiles(query, visitor, cancellation);
          tail.visitProfiles(query, visitor, cancellation);
        });
  }

  /** Shows each span of each selected profile with the sum of its selected samples. */
  public void visitSpans(ProfileSelection selection, SpanVisitor visitor) {
    forEachTenant(
        selection,
        (tail, query) -> {
          snapshot.visitSpans(query, visitor, cancellation);
          tail.visitSpans(query, visitor, cancellation);
        });
  }

  /** The distinct series of the days that a range touches, in no order that means anything. */
  public SeriesCollector collectSeries(Selector selector, TimeRange range, int maxSeries) {
    reads.addQuestion(selector.toString(), range);
    SeriesCollector series = new SeriesCollector(maxSeries);
    if (range.isEmpty()) {
      return series;
    }

    for (TailView tail : tails) {
      LabelQuery query = new LabelQuery(tail.tenant(), selector, range);
      snapshot.collectSeries(query, series, cancellation);
      tail.collectSeries(query, series, cancellation);
    }

    return series;
  }

  /** What there is of the tenants. */
  public ProfileStats stats() {
    ProfileStats stats = ProfileStats.NONE;
    for (TailView tail : tails) {
      stats =
          stats.merge(snapshot.stats(tail.tenant(), cancellation)).merge(tail.stats(cancellation));
    }

    return stats;
  }

  private void forEachTenant(
      ProfileSelection selection, BiConsumer<TailView, ProfileQuery> question) {
    reads.addQuestion(selection.type() + selection.selector().toString(), selection.range());
    if (selection.range().isEmpty()) {
      return;
    }

    for (TailView tail : tails) {
      question.accept(tail, selection.of(tail.tenant()));
    }
  }
}
