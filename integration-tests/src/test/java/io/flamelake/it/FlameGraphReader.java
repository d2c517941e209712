/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import io.flamelake.proto.querier.v1.FlameGraph;
import io.flamelake.proto.querier.v1.FlameGraphDiff;
import io.flamelake.proto.querier.v1.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads flame graphs as clients do: a bar belongs under the bar of the level above within which it
 * lies. What comes out has the form of {@code BruteForce.foldedStacks}.
 */
final class FlameGraphReader {
  private static final int LEFT = 0;
  private static final int RIGHT = 1;

  /** One bar; positions, totals and selves are those of each side. */
  private record Bar(String stack, long[] starts, long[] totals, long[] selves) {

    boolean contains(long[] childStarts, long[] childTotals) {
      for (int side = 0; side < starts.length; side++) {
        if (childStarts[side] < starts[side]
            || childStarts[side] + childTotals[side] > starts[side] + totals[side]) {
          return false;
        }
      }

      return true;
    }
  }

  private FlameGraphReader() {}

  static SortedMap<String, Long> foldedStacks(FlameGraph graph) {
    return selves(bars(graph.getLevelsList(), graph.getNamesList(), 1), LEFT);
  }

  static SortedMap<String, Long> leftStacks(FlameGraphDiff graph) {
    return selves(bars(graph.getLevelsList(), graph.getNamesList(), 2), LEFT);
  }

  static SortedMap<String, Long> rightStacks(FlameGraphDiff graph) {
    return selves(bars(graph.getLevelsList(), graph.getNamesList(), 2), RIGHT);
  }

  private static SortedMap<String, Long> selves(List<Bar> bars, int side) {
    SortedMap<String, Long> selves = new TreeMap<>();
    for (Bar bar : bars) {
      if (bar.selves[side] != 0) {
        selves.merge(bar.stack, bar.selves[side], Long::sum);
      }
    }

    return selves;
  }

  private static List<Bar> bars(List<Level> levels, List<String> names, int sides) {
    List<Bar> all = new ArrayList<>();
    List<Bar> above = List.of();
    for (Level level : levels) {
      above = bars(level, above, names, sides);
      all.addAll(above);
    }

    return all;
  }

  private static List<Bar> bars(Level level, List<Bar> above, List<String> names, int sides) {
    int width = 3 * sides + 1;
    if (level.getValuesCount() % width != 0) {
      throw new AssertionError("A level of " + level.getValuesCount() + " numbers");
    }

    List<Bar> bars = new ArrayList<>();
    long[] ends = new long[sides];
    for (int i = 0; i < level.getValuesCount(); i += width) {
      long[] starts = new long[sides];
      long[] totals = new long[sides];
      long[] selves = new long[sides];
      for (int side = 0; side < sides; side++) {
        starts[side] = ends[side] + level.getValues(i + 3 * side);
        totals[side] = level.getValues(i + 3 * side + 1);
        selves[side] = level.getValues(i + 3 * side + 2);
        ends[side] = starts[side] + totals[side];
      }

      String name = names.get((int) level.getValues(i + width - 1));
      bars.add(new Bar(stack(above, starts, totals, name), starts, totals, selves));
    }

    return bars;
  }

  private static String stack(List<Bar> above, long[] starts, long[] totals, String name) {
    if (above.isEmpty()) {
      return "";
    }

    for (Bar parent : above) {
      if (parent.contains(starts, totals)) {
        return parent.stack.isEmpty() ? name : parent.stack + ";" + name;
      }
    }

    throw new AssertionError("No bar of the level above contains that of " + name);
  }
}
