/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import io.flamelake.proto.querier.v1.FlameGraph;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads a flame graph's bars back into stacks, by their positions alone. */
final class FlameBars {
  private FlameBars() {}

  private record Bar(long start, long end, String path) {}

  /** Self values by path, root first and joined by semicolons; zeros are left out. */
  static Map<String, Long> selfByPath(FlameGraph graph) {
    Map<String, Long> result = new TreeMap<>();
    List<Bar> parents = List.of();
    for (int level = 0; level < graph.getLevelsCount(); level++) {
      List<Long> values = graph.getLevels(level).getValuesList();
      List<Bar> bars = new ArrayList<>();
      long x = 0;
      for (int i = 0; i < values.size(); i += 4) {
        long start = x + values.get(i);
        long end = start + values.get(i + 1);
        x = end;
        String name = graph.getNames(Math.toIntExact(values.get(i + 3)));
        String path = level == 0 ? "" : path(parents, start, end, name);
        bars.add(new Bar(start, end, path));
        if (values.get(i + 2) != 0) {
          result.merge(path, values.get(i + 2), Long::sum);
        }
      }

      parents = bars;
    }

    return result;
  }

  private static String path(List<Bar> parents, long start, long end, String name) {
    Bar parent =
        parents.stream()
            .filter(bar -> bar.start <= start && end <= bar.end)
            .findFirst()
            .orElseThrow(() -> new AssertionError("A bar outside of its parents: " + name));
    return parent.path.isEmpty() ? name : parent.path + ";" + name;
  }
}
