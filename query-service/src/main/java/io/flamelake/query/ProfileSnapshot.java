/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.model.TenantId;
import io.flamelake.model.flamegraph.CallTree;
import io.flamelake.model.flamegraph.CallTreeBuilder;

/**
 * One pinned version of the tables. A scan adds to the accumulator it is given and never clears it,
 * so that rows of the hot tail can be added to the same one before or after.
 *
 * <p>A scan is complete or it throws: a file that is missing or corrupt is a {@link
 * ProfileStoreException}, never a smaller result. After an exception the accumulator holds a part
 * of the answer and must be dropped. Accumulators are filled by the calling thread only.
 */
public interface ProfileSnapshot {

  /**
   * Per lane the last segment whose profiles this version holds. Every segment after it is not part
   * of any answer of this snapshot.
   */
  LaneWatermarks watermarks();

  /**
   * Adds the values of all samples that the query selects, per stack.
   *
   * @throws QueryCancelledException once {@code cancellation} is cancelled
   */
  void sumStacks(ProfileQuery query, StackSums sums, QueryCancellation cancellation);

  /**
   * Adds the totals of all profiles that the query selects to the points of their series. Profiles
   * outside {@code query.range()} are not read, so the range has to cover the grid's ({@link
   * TimeGrid#range()}).
   */
  void sumSeries(ProfileQuery query, SeriesAccumulator series, QueryCancellation cancellation);

  /**
   * Shows each profile that the query selects, with the sum of its selected samples. Profiles none
   * of whose samples are selected are left out.
   */
  void visitProfiles(ProfileQuery query, ProfileVisitor visitor, QueryCancellation cancellation);

  /**
   * Shows each span of each profile that the query selects, with the sum of its selected samples.
   * Samples outside of any span are left out.
   */
  void visitSpans(ProfileQuery query, SpanVisitor visitor, QueryCancellation cancellation);

  /**
   * Adds the distinct label sets seen in the query's range. The range is widened to whole UTC days:
   * the {@code series} table keeps label sets by day.
   */
  void collectSeries(LabelQuery query, SeriesCollector series, QueryCancellation cancellation);

  /** What is stored of a tenant; {@link ProfileStats#NONE} if nothing is. */
  ProfileStats stats(TenantId tenant, QueryCancellation cancellation);

  /**
   * Resolves the stacks of {@code sums} and adds them to a tree by function name. Stacks that no
   * table and no row of the tail knows are kept as one frame {@value StackSums#UNKNOWN_STACK}.
   */
  void addTo(CallTreeBuilder tree, StackSums sums, QueryCancellation cancellation);

  /** The tree of {@code sums} alone; see {@link #addTo}. */
  default CallTree toCallTree(StackSums sums, QueryCancellation cancellation) {
    CallTreeBuilder tree = CallTree.builder();
    addTo(tree, sums, cancellation);
    return tree.build();
  }

  /**
   * The roll-ups that hold exactly what this version holds of a tenant's profiles; {@link
   * RollUps#NONE} if the engine has none.
   *
   * @param range periods that it does not hold completely are not looked for
   */
  RollUps rollUps(TenantId tenant, TimeRange range, QueryCancellation cancellation);

  /**
   * Resolves the stacks of {@code sums} with lines, files and mappings and visits each, in no
   * particular order and once for each service and day. The frames handed to the visitor are valid
   * during the call only.
   */
  void forEachStack(StackSums sums, StackVisitor visitor, QueryCancellation cancellation);
}
