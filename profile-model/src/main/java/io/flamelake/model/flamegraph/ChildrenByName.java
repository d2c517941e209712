/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import it.unimi.dsi.fastutil.ints.IntArrays;
import it.unimi.dsi.fastutil.ints.IntComparator;
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
    int nodeCount = tree.nodeCount();
    int[] starts = new int[nodeCount + 1];
    for (int node = 1; node < nodeCount; node++) {
      if (included.test(node)) {
        starts[tree.parent(node) + 1]++;
      }
    }

    for (int node = 0; node < nodeCount; node++) {
      starts[node + 1] += starts[node];
    }

    int[] children = new int[starts[nodeCount]];
    int[] ends = starts.clone();
    for (int node = 1; node < nodeCount; node++) {
      if (included.test(node)) {
        children[ends[tree.parent(node)]++] = node;
      }
    }

    // Most nodes have few children: sorting siblings is far cheaper than ranking all names.
    IntComparator byName = (left, right) -> tree.name(left).compareTo(tree.name(right));
    for (int node = 0; node < nodeCount; node++) {
      if (starts[node + 1] - starts[node] > 1) {
        IntArrays.quickSort(children, starts[node], starts[node + 1], byName);
      }
    }

    return new ChildrenByName(starts, children);
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
}
