/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import static java.util.Objects.requireNonNull;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which segments a set of data files holds: one run of sequences for each lane. Immutable. */
public record LaneRanges(SortedMap<String, Range> asMap) {
  public LaneRanges {
    asMap = Collections.unmodifiableSortedMap(new TreeMap<>(asMap));
  }

  /** Returns ranges by lane id. */
  public static LaneRanges of(Map<String, Range> ranges) {
    return new LaneRanges(new TreeMap<>(ranges));
  }

  public boolean isEmpty() {
    return asMap.isEmpty();
  }

  /** Returns the last sequence of each lane. */
  public Map<String, Long> ends() {
    TreeMap<String, Long> ends = new TreeMap<>();
    asMap.forEach((lane, range) -> ends.put(lane, range.toInclusive()));
    return ends;
  }

  /**
   * Returns both sets in one.
   *
   * @throws IllegalArgumentException if a lane's range here does not end where the next one begins
   */
  public LaneRanges followedBy(LaneRanges next) {
    TreeMap<String, Range> joined = new TreeMap<>(asMap);
    next.asMap.forEach((lane, range) -> joined.merge(lane, range, Range::followedBy));
    return new LaneRanges(joined);
  }

  /** Sequences after {@code fromExclusive} up to and with {@code toInclusive}; at least one. */
  public record Range(long fromExclusive, long toInclusive) {
    public Range {
      if (fromExclusive < LaneWatermarks.BEFORE_FIRST || toInclusive <= fromExclusive) {
        throw new IllegalArgumentException(
            "Range (" + fromExclusive + ", " + toInclusive + "] (expected: -1 <= from < to)");
      }
    }

    Range followedBy(Range next) {
      requireNonNull(next, "next");
      if (next.fromExclusive != toInclusive) {
        throw new IllegalArgumentException(
            "Range " + next + " (expected: one that begins after " + toInclusive + ")");
      }

      return new Range(fromExclusive, next.toInclusive);
    }
  }
}
