/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.Arrays;

/**
 * A call tree as the roll-up tables store it: its nodes in preorder, siblings in order of their
 * names, without the virtual root. Equal trees have equal arrays, which are not copied.
 *
 * @param names the functions, each once
 * @param parents for each node how far before it its parent is; 0 for a child of the virtual root
 * @param functions for each node an index into {@code names}
 * @param self for each node the weight of the stacks that end at it
 * @param total the weight of all stacks; what the nodes lack of it are stacks without frames
 */
@SuppressWarnings("ArrayRecordComponent") // Trees are large, and made to be written or merged.
public record PreorderTree(
    String[] names, int[] parents, int[] functions, long[] self, long total) {

  public PreorderTree {
    if (parents.length != functions.length || parents.length != self.length) {
      throw new IllegalArgumentException(
          "Tree of %d parents, %d functions and %d values (expected: as many of each)"
              .formatted(parents.length, functions.length, self.length));
    }
  }

  public static PreorderTree of(CallTree tree) {
    ChildrenByName children = ChildrenByName.of(tree);
    int nodeCount = tree.nodeCount() - 1;
    int[] parents = new int[nodeCount];
    int[] functions = new int[nodeCount];
    long[] self = new long[nodeCount];
    String[] names = new String[tree.functionCount()];
    int nameCount = 0;
    int[] nameIds = new int[names.length];
    Arrays.fill(nameIds, CallTree.NO_FUNCTION);
    int[] places = new int[tree.nodeCount()];
    int place = 0;
    IntArrayList pending = new IntArrayList();
    pushChildren(children, CallTree.ROOT, pending);
    while (!pending.isEmpty()) {
      int node = pending.popInt();
      int functionId = tree.functionId(node);
      if (nameIds[functionId] == CallTree.NO_FUNCTION) {
        nameIds[functionId] = nameCount;
        names[nameCount++] = tree.function(functionId);
      }

      int parent = tree.parent(node);
      places[node] = place;
      parents[place] = parent == CallTree.ROOT ? 0 : place - places[parent];
      functions[place] = nameIds[functionId];
      self[place] = tree.self(node);
      place++;
      pushChildren(children, node, pending);
    }

    return new PreorderTree(
        Arrays.copyOf(names, nameCount), parents, functions, self, tree.total());
  }

  /**
   * The tree itself.
   *
   * @throws IllegalArgumentException if the arrays are not those of a tree
   */
  public CallTree toCallTree() {
    int nodeCount = parents.length + 1;
    int[] nodeParents = new int[nodeCount];
    long[] nodeSelfs = new long[nodeCount];
    int[] nodeFunctions = new int[nodeCount];
    nodeParents[CallTree.ROOT] = -1;
    nodeFunctions[CallTree.ROOT] = CallTree.NO_FUNCTION;
    long withoutFrames = total;
    for (int i = 0; i < parents.length; i++) {
      int node = i + 1;
      check(parents[i] >= 0 && parents[i] <= i, "parent", parents[i], i);
      check(functions[i] >= 0 && functions[i] < names.length, "function", functions[i], i);
      check(self[i] >= 0, "value", self[i], i);
      nodeParents[node] = parents[i] == 0 ? CallTree.ROOT : node - parents[i];
      nodeFunctions[node] = functions[i];
      nodeSelfs[node] = self[i];
      withoutFrames -= self[i];
    }

    if (withoutFrames < 0) {
      throw new IllegalArgumentException(
          "total: " + total + " (expected: no less than the sum of its nodes)");
    }

    nodeSelfs[CallTree.ROOT] = withoutFrames;
    return new CallTree(names, nodeParents, nodeFunctions, nodeSelfs);
  }

  private static void pushChildren(ChildrenByName children, int node, IntArrayList pending) {
    for (int i = children.end(node) - 1; i >= children.start(node); i--) {
      pending.push(children.child(i));
    }
  }

  private static void check(boolean valid, String what, long value, int node) {
    if (!valid) {
      throw new IllegalArgumentException(what + " of node " + node + ": " + value);
    }
  }
}
