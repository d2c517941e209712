/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import io.flamelake.proto.querier.v1.FlameGraph;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.LongArrayList;

/**
 * Draws a call tree as a flame graph: levels of bars of four numbers (offset from the bar before,
 * total, self, index into the names).
 *
 * <p>Levels, the order of names and the offsets are the protocol of Pyroscope's clients. A bar's
 * own weight lies left of its children, which follow in order of their names; everything called
 * "other" below one node is one leaf at the right end.
 */
public final class FlameGraphEncoder {

  private static final int BAR_LENGTH = 4;

  /**
   * @param maxNodes how many nodes to draw at most, see {@link CallTree#truncated}; zero or less
   *     for all
   */
  public static FlameGraph encode(CallTree tree, long maxNodes) {
    CallTree shown = tree.truncated(maxNodes);
    ChildrenByName children = ChildrenByName.of(shown);
    FrameNames names = new FrameNames(shown);
    BarLevels levels = new BarLevels(BAR_LENGTH);
    long maxSelf = 0;

    IntArrayList nodeStack = new IntArrayList();
    IntArrayList levelStack = new IntArrayList();
    LongArrayList offsetStack = new LongArrayList();
    nodeStack.push(CallTree.ROOT);
    levelStack.push(0);
    offsetStack.push(0);
    while (!nodeStack.isEmpty()) {
      int node = nodeStack.popInt();
      int level = levelStack.popInt();
      long offset = offsetStack.popLong();
      boolean isOther = isOther(shown, node);
      long self = isOther ? shown.total(node) : shown.self(node);
      maxSelf = Math.max(maxSelf, self);
      levels.prepend(level, offset, shown.total(node), self, names.index(node));
      if (isOther) {
        continue;
      }

      offset += self;
      int other = CallTree.ROOT;
      for (int i = children.start(node); i < children.end(node); i++) {
        int child = children.child(i);
        if (isOther(shown, child)) {
          other = child;
          continue;
        }

        nodeStack.push(child);
        levelStack.push(level + 1);
        offsetStack.push(offset);
        offset += shown.total(child);
      }

      if (other != CallTree.ROOT && shown.total(other) != 0) {
        nodeStack.push(other);
        levelStack.push(level + 1);
        offsetStack.push(offset);
      }
    }

    return FlameGraph.newBuilder()
        .addAllNames(names.toList())
        .addAllLevels(levels.toLevels(0))
        .setTotal(shown.total())
        .setMaxSelf(maxSelf)
        .build();
  }

  private static boolean isOther(CallTree tree, int node) {
    return tree.name(node).equals(CallTree.OTHER);
  }

  private FlameGraphEncoder() {}
}
