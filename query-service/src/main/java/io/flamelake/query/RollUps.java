/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import io.flamelake.model.flamegraph.CallTreeBuilder;
import java.util.Collection;

/**
 * The roll-ups of one tenant that agree with one pinned version of its profiles: function-level
 * call trees of whole services over whole UTC hours and days. Used by one thread.
 */
public interface RollUps {
  /** For engines and tables without roll-ups. */
  RollUps NONE =
      new RollUps() {
        @Override
        public RollUpCoverage coverage() {
          return RollUpCoverage.NONE;
        }

        @Override
        public void merge(
            ProfileQuery query,
            RollUpPeriod period,
            Collection<Long> numbers,
            CallTreeBuilder tree,
            QueryCancellation cancellation) {
          if (!numbers.isEmpty()) {
            throw new IllegalArgumentException("Not rolled up: " + period + " " + numbers);
          }
        }
      };

  /** The periods that {@link #merge} can be asked for. */
  RollUpCoverage coverage();

  /**
   * Adds the call trees of some periods, of the services and the profile type that the query
   * selects; its range is not looked at. What is added equals what {@link
   * ProfileSnapshot#sumStacks} and {@link ProfileSnapshot#addTo} add for the same periods.
   *
   * @param query one that {@link ProfileQuery#selectsWholeServices}
   * @param numbers periods that are covered, ascending, each once
   * @throws ProfileStoreException if a roll-up cannot be read completely
   */
  void merge(
      ProfileQuery query,
      RollUpPeriod period,
      Collection<Long> numbers,
      CallTreeBuilder tree,
      QueryCancellation cancellation);
}
