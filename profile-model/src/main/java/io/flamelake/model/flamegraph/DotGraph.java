/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongArrayList;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Locale;

/**
 * Draws a call tree as a call graph in Graphviz's language: a box for each function, an arrow for
 * each caller and callee. Of the heaviest 512 nodes of the tree, the 100 heaviest functions are
 * shown; a dotted arrow passes over functions that are not.
 *
 * <p>A recursive function counts once for each stack, however often it is on it.
 */
public final class DotGraph {

  public static final int MAX_SHOWN_FUNCTIONS = 100;
  public static final int MAX_SOURCE_NODES = 512;

  private static final int MIN_FONT_SIZE = 8;
  private static final int MAX_FONT_SIZE = 24;

  private static final String[] TIME_UNITS = {"ns", "us", "ms", "s"};
  private static final String[] BYTE_UNITS = {"B", "kB", "MB", "GB", "TB"};

  /**
   * @param unit the unit of the values, {@code nanoseconds} and {@code bytes} are scaled for people
   * @return the empty string for an empty tree
   */
  public static String encode(CallTree tree, String unit) {
    return encode(tree, unit, MAX_SHOWN_FUNCTIONS);
  }

  public static String encode(CallTree tree, String unit, int maxShownFunctions) {
    if (tree.total() == 0) {
      return "";
    }

    return new DotGraph(tree.truncated(MAX_SOURCE_NODES), unit, maxShownFunctions).encode();
  }

  private final CallTree tree;
  private final String unit;
  private final long[] selfs;
  private final long[] totals;
  private final boolean[] shown;

  /** Keys are caller and callee. */
  private final Long2LongOpenHashMap arrows = new Long2LongOpenHashMap();

  private final LongOpenHashSet dottedArrows = new LongOpenHashSet();

  private DotGraph(CallTree tree, String unit, int maxShownFunctions) {
    this.tree = tree;
    this.unit = unit;
    this.selfs = new long[tree.functionCount()];
    this.totals = new long[tree.functionCount()];
    this.shown = new boolean[tree.functionCount()];
    sumFunctions();
    Integer[] order = byWeight();
    for (int i = 0; i < Math.min(order.length, maxShownFunctions); i++) {
      shown[order[i]] = true;
    }

    sumArrows();
  }

  private void sumFunctions() {
    for (int node = 1; node < tree.nodeCount(); node++) {
      int function = tree.functionId(node);
      selfs[function] += tree.self(node);
      if (!hasAncestor(node, function)) {
        totals[function] += tree.total(node);
      }
    }
  }

  private boolean hasAncestor(int node, int function) {
    for (int above = tree.parent(node); above != CallTree.ROOT; above = tree.parent(above)) {
      if (tree.functionId(above) == function) {
        return true;
      }
    }

    return false;
  }

  private void sumArrows() {
    // Depth first, counting how often each arrow is on the way from the root to the node.
    ChildrenByName children = ChildrenByName.of(tree);
    Long2IntOpenHashMap onPath = new Long2IntOpenHashMap();
    IntArrayList nodes = new IntArrayList();
    LongArrayList leaving = new LongArrayList();
    nodes.push(CallTree.ROOT);
    while (!nodes.isEmpty()) {
      int node = nodes.popInt();
      if (node < 0) {
        onPath.addTo(leaving.popLong(), -1);
        continue;
      }

      if (node != CallTree.ROOT && shown[tree.functionId(node)]) {
        int caller = shownAbove(node);
        if (caller != CallTree.ROOT) {
          long arrow = arrow(tree.functionId(caller), tree.functionId(node));
          if (onPath.addTo(arrow, 1) == 0) {
            arrows.addTo(arrow, tree.total(node));
          }

          if (caller != tree.parent(node)) {
            dottedArrows.add(arrow);
          }

          nodes.push(-1);
          leaving.push(arrow);
        }
      }

      for (int i = children.start(node); i < children.end(node); i++) {
        nodes.push(children.child(i));
      }
    }
  }

  private int shownAbove(int node) {
    int above = tree.parent(node);
    while (above != CallTree.ROOT && !shown[tree.functionId(above)]) {
      above = tree.parent(above);
    }

    return above;
  }

  private String encode() {
    StringBuilder out = new StringBuilder("digraph \"profile\" {\n");
    out.append("node [style=filled fillcolor=\"#f8f8f8\" shape=box]\n");
    long maxSelf = Math.max(1, Arrays.stream(selfs).max().orElse(0));
    int[] numbers = new int[totals.length];
    int number = 0;
    for (int function : byWeight()) {
      if (!shown[function]) {
        continue;
      }

      numbers[function] = ++number;
      String name = escape(tree.function(function));
      long fontSize =
          MIN_FONT_SIZE
              + Math.round(
                  (MAX_FONT_SIZE - MIN_FONT_SIZE) * Math.sqrt((double) selfs[function] / maxSelf));
      out.append('N').append(number).append(" [label=\"").append(name).append("\\n");
      if (selfs[function] == totals[function]) {
        out.append(weight(selfs[function]));
      } else {
        out.append(weight(selfs[function])).append("\\nof ").append(weight(totals[function]));
      }

      out.append("\" id=\"node").append(number).append("\" fontsize=").append(fontSize);
      out.append(" tooltip=\"").append(name).append(" (").append(value(totals[function]));
      out.append(")\"]\n");
    }

    long[] keys = arrows.keySet().toLongArray();
    Long[] order = Arrays.stream(keys).boxed().toArray(Long[]::new);
    Arrays.sort(
        order,
        Comparator.comparing((Long key) -> -arrows.get(key.longValue()))
            .thenComparing(key -> numbers[caller(key)])
            .thenComparing(key -> numbers[callee(key)]));
    for (long key : order) {
      appendArrow(out, key, numbers);
    }

    return out.append("}\n").toString();
  }

  private void appendArrow(StringBuilder out, long key, int[] numbers) {
    long weight = arrows.get(key);
    double share = (double) weight / tree.total();
    boolean isDotted = dottedArrows.contains(key);
    out.append('N').append(numbers[caller(key)]).append(" -> N").append(numbers[callee(key)]);
    out.append(" [label=\" ").append(value(weight)).append('"');
    out.append(" weight=").append(1 + (long) (100 * share));
    out.append(" penwidth=").append(1 + (long) (5 * share));
    out.append(" tooltip=\"").append(escape(tree.function(caller(key))));
    out.append(isDotted ? " ... " : " -> ").append(escape(tree.function(callee(key))));
    out.append(" (").append(value(weight)).append(")\"");
    if (isDotted) {
      out.append(" style=\"dotted\"");
    }

    out.append("]\n");
  }

  /** The functions, heaviest first. */
  private Integer[] byWeight() {
    Integer[] order = new Integer[totals.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(
        order,
        Comparator.comparing((Integer function) -> -totals[function])
            .thenComparing(tree::function));
    return order;
  }

  private String weight(long weight) {
    return String.format(Locale.ROOT, "%s (%.2f%%)", value(weight), 100.0 * weight / tree.total());
  }

  private String value(long value) {
    return switch (unit) {
      case "nanoseconds" -> scaled(value, 1000, TIME_UNITS);
      case "bytes" -> scaled(value, 1024, BYTE_UNITS);
      default -> Long.toString(value);
    };
  }

  private static String scaled(long value, int factor, String[] units) {
    double scaled = value;
    int index = 0;
    while (scaled >= factor && index < units.length - 1) {
      scaled /= factor;
      index++;
    }

    return index == 0
        ? value + units[0]
        : String.format(Locale.ROOT, "%.2f%s", scaled, units[index]);
  }

  private static String escape(String name) {
    return name.replace("\\", "\\\\")
        .replace("\"", "\\\"")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }

  private static long arrow(int caller, int callee) {
    return ((long) caller << 32) | callee;
  }

  private static int caller(long arrow) {
    return (int) (arrow >>> 32);
  }

  private static int callee(long arrow) {
    return (int) arrow;
  }
}
