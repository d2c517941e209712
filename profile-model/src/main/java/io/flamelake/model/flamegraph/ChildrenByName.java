/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntPredicate;

/**
 * The children of every node in order of their names: those of {@code node} are {@code child(i)}
 * for {@code i} from {@code start(node)} to {@code end(node)}, exclusive.
 */
final class ChildrenByName {

  private final int[] starts;
  private final int[] children;

  static ChildrenByName of(CallTree tree) {
    return of(tree, node -> true);
  }

  /** Leaves out the nodes that are not included; their children must not be included either. */
  static ChildrenByName of(CallTree tree, IntPredicate included) {
    int[] ranks = rankFunctions(tree);
    int nodeCount = tree.nodeCount();

    // Two stable counting sorts, by rank of the name and then by parent.
    int[] rankStarts = new int[tree.functionCount() + 1];
    int[] parentStarts = new int[nodeCount + 1];
    int size = 0;
    for (int node = 1; node < nodeCount; node++) {
      if (included.test(node)) {
        rankStarts[ranks[tree.functionId(node)] + 1]++;
        parentStarts[tree.parent(node) + 1]++;
        size++;
      }
    }

    accumulate(rankStarts);
    accumulate(parentStarts);
    int[] byRank = new int[size];
    for (int node = 1; node < nodeCount; node++) {
      if (included.test(node)) {
        byRank[rankStarts[ranks[tree.functionId(node)]]++] = node;
      }
    }

    int[] children = new int[size];
    int[] ends = parentStarts.clone();
    for (int node : byRank) {
      children[ends[tree.parent(node)]++] = node;
    }

    return new ChildrenByName(parentStarts, children);
  }

  private ChildrenByName(int[] starts, int[] children) {
    this.starts = starts;
    this.children = children;
  }

  int start(int node) {
    return starts[node];
  }

  int end(int node) {
    return starts[node + 1];
  }

  int child(int index) {
    return children[index];
  }

  private static int[] rankFunctions(CallTree tree) {
    Integer[] order = new Integer[tree.functionCount()];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparing(tree::function));
    int[] ranks = new int[order.length];
    for (int rank = 0; rank < order.length; rank++) {
      ranks[order[rank]] = rank;
    }

    return ranks;
  }

  private static void accumulate(int[] counts) {
    for (int i = 1; i < counts.length; i++) {
      counts[i] += counts[i - 1];
    }
  }
}
