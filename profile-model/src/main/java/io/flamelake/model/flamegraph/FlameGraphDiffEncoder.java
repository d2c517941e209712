/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import io.flamelake.proto.querier.v1.FlameGraphDiff;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;

/**
 * Draws two call trees in one flame graph: levels of bars of seven numbers (offset, total and self
 * of the left side, the same of the right side, index into the names). A node that one side lacks
 * weighs nothing there.
 */
public final class FlameGraphDiffEncoder {

  private static final int BAR_LENGTH = 7;
  private static final int LEFT_OFFSET = 0;
  private static final int RIGHT_OFFSET = 3;

  /** Stands on the node stack for what was left out below one node. */
  private static final int LEFT_OUT = -1;

  /**
   * @param maxNodes how many nodes to draw at most, by the heavier of their two sides; the virtual
   *     root, ties and the nodes "other" come on top; zero or less for all
   */
  public static FlameGraphDiff encode(CallTree left, CallTree right, long maxNodes) {
    return new FlameGraphDiffEncoder(left, right).encode(maxNodes);
  }

  private final CallTree nodes;
  private final long[] leftSelfs;
  private final long[] leftTotals;
  private final long[] rightSelfs;
  private final long[] rightTotals;

  private FlameGraphDiffEncoder(CallTree left, CallTree right) {
    CallTreeBuilder builder = new CallTreeBuilder();
    int[] leftNodes = builder.mergeNodes(left);
    int[] rightNodes = builder.mergeNodes(right);
    this.nodes = builder.build();
    this.leftSelfs = new long[nodes.nodeCount()];
    this.leftTotals = new long[nodes.nodeCount()];
    this.rightSelfs = new long[nodes.nodeCount()];
    this.rightTotals = new long[nodes.nodeCount()];
    copyWeights(left, leftNodes, leftSelfs, leftTotals);
    copyWeights(right, rightNodes, rightSelfs, rightTotals);
  }

  private static void copyWeights(CallTree tree, int[] nodes, long[] selfs, long[] totals) {
    for (int node = 0; node < nodes.length; node++) {
      selfs[nodes[node]] = tree.self(node);
      totals[nodes[node]] = tree.total(node);
    }
  }

  private FlameGraphDiff encode(long maxNodes) {
    long minWeight = minWeight(maxNodes);
    ChildrenByName children = ChildrenByName.of(nodes, node -> weight(node) >= minWeight);
    long[] leftOthers = leftOut(leftTotals, minWeight);
    long[] rightOthers = leftOut(rightTotals, minWeight);
    FrameNames names = new FrameNames(nodes);
    BarLevels levels = new BarLevels(BAR_LENGTH);
    long maxSelf = 0;

    IntArrayList nodeStack = new IntArrayList();
    IntArrayList parentStack = new IntArrayList();
    IntArrayList levelStack = new IntArrayList();
    LongArrayList offsetStack = new LongArrayList();
    nodeStack.push(CallTree.ROOT);
    parentStack.push(CallTree.ROOT);
    levelStack.push(0);
    offsetStack.push(0);
    offsetStack.push(0);
    while (!nodeStack.isEmpty()) {
      int node = nodeStack.popInt();
      int parent = parentStack.popInt();
      int level = levelStack.popInt();
      long rightOffset = offsetStack.popLong();
      long leftOffset = offsetStack.popLong();
      if (node == LEFT_OUT) {
        long left = leftOthers[parent];
        long right = rightOthers[parent];
        maxSelf = Math.max(maxSelf, Math.max(left, right));
        levels.prepend(
            level, leftOffset, left, left, rightOffset, right, right, names.otherIndex());
        continue;
      }

      maxSelf = Math.max(maxSelf, Math.max(leftSelfs[node], rightSelfs[node]));
      levels.prepend(
          level,
          leftOffset,
          leftTotals[node],
          leftSelfs[node],
          rightOffset,
          rightTotals[node],
          rightSelfs[node],
          names.index(node));
      leftOffset += leftSelfs[node];
      rightOffset += rightSelfs[node];
      for (int i = children.start(node); i < children.end(node); i++) {
        int child = children.child(i);
        nodeStack.push(child);
        parentStack.push(node);
        levelStack.push(level + 1);
        offsetStack.push(leftOffset);
        offsetStack.push(rightOffset);
        leftOffset += leftTotals[child];
        rightOffset += rightTotals[child];
      }

      if (leftOthers[node] != 0 || rightOthers[node] != 0) {
        nodeStack.push(LEFT_OUT);
        parentStack.push(node);
        levelStack.push(level + 1);
        offsetStack.push(leftOffset);
        offsetStack.push(rightOffset);
      }
    }

    return FlameGraphDiff.newBuilder()
        .addAllNames(names.toList())
        .addAllLevels(levels.toLevels(LEFT_OFFSET, RIGHT_OFFSET))
        .setTotal(leftTotals[CallTree.ROOT] + rightTotals[CallTree.ROOT])
        .setMaxSelf(maxSelf)
        .setLeftTicks(leftTotals[CallTree.ROOT])
        .setRightTicks(rightTotals[CallTree.ROOT])
        .build();
  }

  private long minWeight(long maxNodes) {
    if (maxNodes < 1) {
      return 0;
    }

    long[] weights = new long[nodes.nodeCount()];
    for (int node = 0; node < weights.length; node++) {
      weights[node] = weight(node);
    }

    return Quickselect.minOfHeaviest(weights, maxNodes);
  }

  private long weight(int node) {
    return Math.max(leftTotals[node], rightTotals[node]);
  }

  /** For each node, the weight on one side of its children that are too light on both. */
  private long[] leftOut(long[] totals, long minWeight) {
    long[] result = new long[totals.length];
    for (int node = 1; node < totals.length; node++) {
      if (weight(node) < minWeight) {
        result[nodes.parent(node)] += totals[node];
      }
    }

    return result;
  }
}
