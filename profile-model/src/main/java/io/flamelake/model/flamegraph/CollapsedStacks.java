/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import it.unimi.dsi.fastutil.ints.IntArrayList;

/**
 * The folded text form that most flame graph tools read: one line for each stack, its functions
 * root first and divided by semicolons, then a blank and the value.
 */
public final class CollapsedStacks {

  /** Writes the stacks in order of their functions. Functions keep no {@code ;} and line ends. */
  public static String encode(CallTree tree) {
    ChildrenByName children = ChildrenByName.of(tree);
    StringBuilder out = new StringBuilder();
    StringBuilder path = new StringBuilder();
    IntArrayList nodes = new IntArrayList();
    IntArrayList pathLengths = new IntArrayList();
    pushChildren(children, CallTree.ROOT, 0, nodes, pathLengths);
    while (!nodes.isEmpty()) {
      int node = nodes.popInt();
      path.setLength(pathLengths.popInt());
      if (tree.parent(node) != CallTree.ROOT) {
        path.append(';');
      }

      appendName(path, tree.name(node));
      if (tree.self(node) != 0) {
        out.append(path).append(' ').append(tree.self(node)).append('\n');
      }

      pushChildren(children, node, path.length(), nodes, pathLengths);
    }

    return out.toString();
  }

  private static void pushChildren(
      ChildrenByName children,
      int node,
      int pathLength,
      IntArrayList nodes,
      IntArrayList pathLengths) {
    for (int i = children.end(node) - 1; i >= children.start(node); i--) {
      nodes.push(children.child(i));
      pathLengths.push(pathLength);
    }
  }

  private static void appendName(StringBuilder to, String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      switch (c) {
        case ';' -> to.append(':');
        case '\n', '\r' -> to.append(' ');
        default -> to.append(c);
      }
    }
  }

  private CollapsedStacks() {}
}
