/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import it.unimi.dsi.fastutil.ints.Int2IntOpenHashMap;
import java.util.Arrays;

/**
 * Merged stack traces: one node for each distinct path of functions from the root. Immutable.
 *
 * <p>Nodes are numbers into parallel arrays, a parent before its children; node 0 is the virtual
 * root above all outermost frames, with the empty name. Values are not negative, so no node weighs
 * more than its parent, which every truncation relies on.
 */
public final class CallTree {

  /** The name of the node that stands for the siblings left out of a truncated tree. */
  public static final String OTHER = "other";

  static final int ROOT = 0;

  /** The root's function: it has none. */
  static final int NO_FUNCTION = -1;

  public static CallTreeBuilder builder() {
    return new CallTreeBuilder();
  }

  private final String[] functions;
  private final int[] parents;
  private final int[] functionIds;
  private final long[] selfs;
  private final long[] totals;

  /** Takes the arrays over; all but {@code functions} have one entry for each node. */
  CallTree(String[] functions, int[] parents, int[] functionIds, long[] selfs) {
    this.functions = functions;
    this.parents = parents;
    this.functionIds = functionIds;
    this.selfs = selfs;
    this.totals = selfs.clone();
    // Children come after their parents, so one backward pass sees every subtree completed.
    for (int node = totals.length - 1; node > ROOT; node--) {
      totals[parents[node]] += totals[node];
    }
  }

  /** The number of nodes, the virtual root among them. */
  public int nodeCount() {
    return parents.length;
  }

  public boolean isEmpty() {
    return parents.length == 1 && selfs[ROOT] == 0;
  }

  /** The sum of all values. */
  public long total() {
    return totals[ROOT];
  }

  /** The weight of a node and everything below it. */
  public long total(int node) {
    return totals[node];
  }

  /** The weight of the stacks that end at this node. */
  public long self(int node) {
    return selfs[node];
  }

  /** The node above; -1 for the virtual root. */
  public int parent(int node) {
    return parents[node];
  }

  public String name(int node) {
    return node == ROOT ? "" : functions[functionIds[node]];
  }

  /**
   * This tree with about {@code maxNodes} nodes at most, the virtual root not counted: every node
   * lighter than the {@code maxNodes}-th heaviest is left out with all below it, and adds its
   * weight to a sibling {@link #OTHER}. Ties and those siblings come on top of the limit. Zero or
   * less means no limit.
   */
  public CallTree truncated(long maxNodes) {
    long minTotal = minTotal(maxNodes);
    return minTotal == 0 ? this : withoutLighterThan(minTotal);
  }

  /** The weight of the {@code maxNodes}-th heaviest node; zero if that many nodes all fit. */
  long minTotal(long maxNodes) {
    return Quickselect.minOfHeaviest(totals, maxNodes);
  }

  /** The number of distinct function names. */
  public int functionCount() {
    return functions.length;
  }

  String function(int functionId) {
    return functions[functionId];
  }

  int functionId(int node) {
    return functionIds[node];
  }

  private CallTree withoutLighterThan(long minTotal) {
    CallTreeBuilder builder = new CallTreeBuilder();
    // A map, as few of the nodes are left.
    Int2IntOpenHashMap newNodes = new Int2IntOpenHashMap();
    newNodes.put(ROOT, ROOT);
    int[] newFunctionIds = new int[functions.length];
    Arrays.fill(newFunctionIds, NO_FUNCTION);
    int otherId = NO_FUNCTION;
    for (int node = 1; node < parents.length; node++) {
      int parent = parents[node];
      if (totals[node] >= minTotal) {
        int functionId = functionIds[node];
        if (newFunctionIds[functionId] == NO_FUNCTION) {
          newFunctionIds[functionId] = builder.function(functions[functionId]);
        }

        int newNode = builder.child(newNodes.get(parent), newFunctionIds[functionId]);
        newNodes.put(node, newNode);
        builder.addSelf(newNode, selfs[node]);
      } else if (totals[parent] >= minTotal && totals[node] != 0) {
        // The uppermost node left out weighs for all below it.
        if (otherId == NO_FUNCTION) {
          otherId = builder.function(OTHER);
        }

        builder.addSelf(builder.child(newNodes.get(parent), otherId), totals[node]);
      }
    }

    builder.addSelf(ROOT, selfs[ROOT]);
    return builder.build();
  }
}
