/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

/** The kinds of queries that are compared with a history's oracle. */
enum QueryKind {
  FLAME_GRAPH,
  FLAME_GRAPH_OF_CALL_SITE,
  FLAME_GRAPH_OF_PROFILES,
  MERGED_PPROF,
  COLLAPSED,
  DIFF,
  SERIES,
  HEATMAP,
  LABEL_NAMES,
  LABEL_VALUES,
  SERIES_LISTING,
  PROFILE_TYPES,
  PROFILE_STATS
}
