/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import java.util.List;
import java.util.Locale;

/** What reads the tables for the query service. */
enum QueryEngine {
  LAKE,
  TRINO;

  /** Parses {@code lake}, {@code trino} or {@code both}. */
  static List<QueryEngine> parse(String text) {
    return switch (text) {
      case "lake" -> List.of(LAKE);
      case "trino" -> List.of(TRINO);
      case "both" -> List.of(LAKE, TRINO);
      default ->
          throw new IllegalArgumentException(
              "engine: " + text + " (expected: lake, trino or both)");
    };
  }

  /** As in the configuration. */
  String configName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
