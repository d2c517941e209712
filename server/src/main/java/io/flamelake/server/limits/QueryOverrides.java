/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.limits;

import io.flamelake.query.QueryLimits;
import io.flamelake.server.config.Durations;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The limits of queries by their names in the overrides file. */
final class QueryOverrides {
  private static final String LENGTH = "max_query_length";
  private static final String LOOKBACK = "max_query_lookback";
  private static final String DEFAULT_NODES = "max_flamegraph_nodes_default";
  private static final String MAX_NODES = "max_flamegraph_nodes_max";
  private static final String MERGED_PROFILES = "max_flamegraph_nodes_on_select_merge_profile";
  private static final String SERIES = "max_query_series";

  static final Set<String> NAMES =
      Set.of(LENGTH, LOOKBACK, DEFAULT_NODES, MAX_NODES, MERGED_PROFILES, SERIES);

  private QueryOverrides() {}

  /**
   * The defaults with what one tenant's part of the file says otherwise.
   *
   * @throws IllegalArgumentException if a value is not of its limit's type, or out of range
   */
  static QueryLimits apply(QueryLimits defaults, Map<String, String> limits) {
    int maxNodes = LimitTexts.value(limits, MAX_NODES, defaults.maxNodes(), LimitTexts::parseInt);
    int defaultNodes =
        maxNodes == 0 || limits.containsKey(DEFAULT_NODES)
            ? defaults.defaultMaxNodes()
            : Math.min(defaults.defaultMaxNodes(), maxNodes);
    return new QueryLimits(
        LimitTexts.value(limits, LENGTH, defaults.maxQueryLength(), LimitTexts::parseDuration),
        LimitTexts.value(limits, LOOKBACK, defaults.maxQueryLookback(), LimitTexts::parseDuration),
        LimitTexts.value(limits, DEFAULT_NODES, defaultNodes, LimitTexts::parseInt),
        maxNodes,
        LimitTexts.value(
            limits, MERGED_PROFILES, defaults.limitsMergedProfiles(), LimitTexts::parseBoolean),
        LimitTexts.value(limits, SERIES, defaults.maxSeries(), LimitTexts::parseInt));
  }

  /** The limits by name, written as they would be in the file. */
  static Map<String, String> texts(QueryLimits limits) {
    Map<String, String> texts = new TreeMap<>();
    texts.put(LENGTH, text(limits.maxQueryLength()));
    texts.put(LOOKBACK, text(limits.maxQueryLookback()));
    texts.put(DEFAULT_NODES, Integer.toString(limits.defaultMaxNodes()));
    texts.put(MAX_NODES, Integer.toString(limits.maxNodes()));
    texts.put(MERGED_PROFILES, Boolean.toString(limits.limitsMergedProfiles()));
    texts.put(SERIES, Integer.toString(limits.maxSeries()));
    return texts;
  }

  private static String text(Duration duration) {
    return Durations.format(duration);
  }
}
