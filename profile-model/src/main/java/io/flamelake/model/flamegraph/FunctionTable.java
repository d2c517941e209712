/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * All functions of a tree, none left out, with what they cost: themselves and together with what
 * they call. A stack that a function is on several times counts once towards its total.
 *
 * @param total weight of all stacks
 * @param functions largest self first, then largest total, then by name
 */
public record FunctionTable(long total, List<FunctionTable.Row> functions) {

  private static final int NONE = 0;

  /**
   * A function.
   *
   * @param self weight of the stacks that end in it
   * @param total weight of the stacks that it is on
   */
  public record Row(String name, long self, long total) {}

  public FunctionTable {
    functions = List.copyOf(functions);
  }

  public static FunctionTable of(CallTree tree) {
    long[] selfs = new long[tree.functionCount()];
    long[] totals = new long[tree.functionCount()];
    new Walk(tree).addTo(selfs, totals);
    List<Row> rows = new ArrayList<>();
    for (int function = 0; function < selfs.length; function++) {
      if (totals[function] != 0) {
        rows.add(new Row(tree.function(function), selfs[function], totals[function]));
      }
    }

    rows.sort(
        Comparator.comparingLong((Row row) -> -row.self)
            .thenComparing(row -> -row.total)
            .thenComparing(Row::name));
    return new FunctionTable(tree.total(), rows);
  }

  /** Walks a tree depth first and knows which functions are on the path to where it is. */
  private static final class Walk {
    private final CallTree tree;

    /** Node numbers; {@link #NONE}, which is the root's, ends a list. */
    private final int[] firstChildren;

    private final int[] nextSiblings;
    private final int[] onPath;

    Walk(CallTree tree) {
      this.tree = tree;
      this.firstChildren = new int[tree.nodeCount()];
      this.nextSiblings = new int[tree.nodeCount()];
      this.onPath = new int[tree.functionCount()];
      Arrays.fill(firstChildren, NONE);
      for (int node = tree.nodeCount() - 1; node > 0; node--) {
        nextSiblings[node] = firstChildren[tree.parent(node)];
        firstChildren[tree.parent(node)] = node;
      }
    }

    void addTo(long[] selfs, long[] totals) {
      int node = firstChildren[CallTree.ROOT];
      while (node != NONE) {
        int function = tree.functionId(node);
        selfs[function] += tree.self(node);
        if (onPath[function]++ == 0) {
          totals[function] += tree.total(node);
        }

        node = firstChildren[node] == NONE ? leave(node) : firstChildren[node];
      }
    }

    /** Goes up to where there is a next sibling, and to that. */
    private int leave(int leaf) {
      int node = leaf;
      while (node != CallTree.ROOT) {
        onPath[tree.functionId(node)]--;
        if (nextSiblings[node] != NONE) {
          return nextSiblings[node];
        }

        node = tree.parent(node);
      }

      return NONE;
    }
  }
}
