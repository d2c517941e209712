/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * What one tenant's queries may ask for.
 *
 * @param maxQueryLength longest time range of a query for samples; zero: no limit
 * @param maxQueryLookback older profiles are not looked for; zero: no limit
 * @param defaultMaxNodes nodes of a flame graph when the request names no number
 * @param maxNodes the highest number a request may name; zero: no limit
 * @param limitsMergedProfiles whether {@code defaultMaxNodes} holds for merged pprofs too
 * @param maxSeries the most series that one label query may find
 */
public record QueryLimits(
    Duration maxQueryLength,
    Duration maxQueryLookback,
    int defaultMaxNodes,
    int maxNodes,
    boolean limitsMergedProfiles,
    int maxSeries) {

  public QueryLimits {
    checkNotNegative("maxQueryLength", maxQueryLength);
    checkNotNegative("maxQueryLookback", maxQueryLookback);
    checkAtLeast("defaultMaxNodes", defaultMaxNodes, 1);
    checkAtLeast("maxNodes", maxNodes, 0);
    checkAtLeast("maxSeries", maxSeries, 1);
    if (maxNodes > 0 && defaultMaxNodes > maxNodes) {
      throw new IllegalArgumentException(
          "defaultMaxNodes: " + defaultMaxNodes + " (expected: <= maxNodes, " + maxNodes + ")");
    }
  }

  /** Limits that both these and the others keep to. */
  public QueryLimits strictest(QueryLimits other) {
    return new QueryLimits(
        shortest(maxQueryLength, other.maxQueryLength),
        shortest(maxQueryLookback, other.maxQueryLookback),
        Math.min(defaultMaxNodes, other.defaultMaxNodes),
        maxNodes == 0 || other.maxNodes == 0
            ? Math.max(maxNodes, other.maxNodes)
            : Math.min(maxNodes, other.maxNodes),
        limitsMergedProfiles || other.limitsMergedProfiles,
        Math.min(maxSeries, other.maxSeries));
  }

  /** Zero is no limit, so it is the longest. */
  private static Duration shortest(Duration left, Duration right) {
    if (left.isZero()) {
      return right;
    }

    return right.isZero() || left.compareTo(right) < 0 ? left : right;
  }

  private static void checkNotNegative(String name, Duration value) {
    requireNonNull(value, name);
    if (value.isNegative()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
    }
  }

  private static void checkAtLeast(String name, long value, long min) {
    if (value < min) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + min + ")");
    }
  }
}
