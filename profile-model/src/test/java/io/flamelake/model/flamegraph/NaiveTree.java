/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;

/**
 * The second route to every expected value: a recursive tree of maps, with each algorithm written
 * as its specification reads.
 */
final class NaiveTree {

  final Map<String, Node> roots = new TreeMap<>();

  static final class Node {
    final String name;
    final Map<String, Node> children = new TreeMap<>();
    long self;
    long total;

    Node(String name) {
      this.name = name;
    }
  }

  record Bar(String name, long x, long total, long self) {}

  record DiffBar(
      String name,
      long leftX,
      long leftTotal,
      long leftSelf,
      long rightX,
      long rightTotal,
      long rightSelf) {}

  /** Random stacks of few functions, so that paths are shared and weights are often equal. */
  static Map<List<String>, Long> randomStacks(Random random, int count, int functions) {
    Map<List<String>, Long> stacks = new HashMap<>();
    for (int i = 0; i < count; i++) {
      List<String> stack = new ArrayList<>();
      int depth = 1 + random.nextInt(8);
      for (int j = 0; j < depth; j++) {
        int function = Math.min(random.nextInt(functions), random.nextInt(functions));
        stack.add(function == 7 ? "other" : function == 9 ? "" : "f" + function);
      }

      stacks.merge(stack, 1L + random.nextInt(random.nextBoolean() ? 3 : 1000), Long::sum);
    }

    return stacks;
  }

  void add(Collection<String> rootFirst, long value) {
    Map<String, Node> level = roots;
    int depth = 0;
    for (String name : rootFirst) {
      Node node = level.computeIfAbsent(name, Node::new);
      node.total += value;
      node.self += ++depth == rootFirst.size() ? value : 0;
      level = node.children;
    }
  }

  long total() {
    return roots.values().stream().mapToLong(node -> node.total).sum();
  }

  int size() {
    return size(roots.values());
  }

  private static int size(Collection<Node> nodes) {
    return nodes.stream().mapToInt(node -> 1 + size(node.children.values())).sum();
  }

  long minValue(long maxNodes) {
    if (maxNodes < 1 || size() <= maxNodes) {
      return 0;
    }

    PriorityQueue<Long> heap = new PriorityQueue<>();
    fill(heap, roots.values(), maxNodes);
    return heap.element();
  }

  private static void fill(PriorityQueue<Long> heap, Collection<Node> nodes, long maxNodes) {
    for (Node node : nodes) {
      if (heap.size() >= maxNodes) {
        if (node.total <= heap.element()) {
          continue;
        }

        heap.remove();
      }

      heap.add(node.total);
      fill(heap, node.children.values(), maxNodes);
    }
  }

  /** The bars of each level from left to right, with absolute offsets. */
  List<List<Bar>> flameGraph(long maxNodes) {
    List<List<Bar>> levels = new ArrayList<>();
    Node root = new Node("total");
    root.total = total();
    root.children.putAll(roots);
    draw(levels, 0, root, 0, minValue(maxNodes));
    return levels;
  }

  private static void draw(List<List<Bar>> levels, int level, Node node, long x, long minValue) {
    levelOf(levels, level).add(new Bar(drawnName(node.name), x, node.total, node.self));
    long childX = x + node.self;
    long other = 0;
    for (Node child : node.children.values()) {
      if (child.total >= minValue && !child.name.equals("other")) {
        draw(levels, level + 1, child, childX, minValue);
        childX += child.total;
      } else {
        other += child.total;
      }
    }

    if (other != 0) {
      levelOf(levels, level + 1).add(new Bar("other", childX, other, other));
    }
  }

  static List<List<DiffBar>> diff(NaiveTree left, NaiveTree right, long maxNodes) {
    Node leftRoot = new Node("total");
    leftRoot.total = left.total();
    leftRoot.children.putAll(left.roots);
    Node rightRoot = new Node("total");
    rightRoot.total = right.total();
    rightRoot.children.putAll(right.roots);

    NaiveTree heavier = new NaiveTree();
    maximum(leftRoot, rightRoot, heavier.roots);
    List<List<DiffBar>> levels = new ArrayList<>();
    drawDiff(levels, 0, leftRoot, rightRoot, 0, 0, heavier.minValue(maxNodes));
    return levels;
  }

  private static void maximum(Node left, Node right, Map<String, Node> result) {
    for (String name : union(left, right)) {
      Node leftChild = left.children.getOrDefault(name, new Node(name));
      Node rightChild = right.children.getOrDefault(name, new Node(name));
      Node node = new Node(name);
      node.total = Math.max(leftChild.total, rightChild.total);
      result.put(name, node);
      maximum(leftChild, rightChild, node.children);
    }
  }

  private static void drawDiff(
      List<List<DiffBar>> levels,
      int level,
      Node left,
      Node right,
      long leftX,
      long rightX,
      long minValue) {
    levelOf(levels, level)
        .add(
            new DiffBar(
                drawnName(left.name),
                leftX,
                left.total,
                left.self,
                rightX,
                right.total,
                right.self));
    long leftChildX = leftX + left.self;
    long rightChildX = rightX + right.self;
    long leftOther = 0;
    long rightOther = 0;
    for (String name : union(left, right)) {
      Node leftChild = left.children.getOrDefault(name, new Node(name));
      Node rightChild = right.children.getOrDefault(name, new Node(name));
      if (leftChild.total >= minValue || rightChild.total >= minValue) {
        drawDiff(levels, level + 1, leftChild, rightChild, leftChildX, rightChildX, minValue);
        leftChildX += leftChild.total;
        rightChildX += rightChild.total;
      } else {
        leftOther += leftChild.total;
        rightOther += rightChild.total;
      }
    }

    if (leftOther != 0 || rightOther != 0) {
      levelOf(levels, level + 1)
          .add(
              new DiffBar(
                  "other", leftChildX, leftOther, leftOther, rightChildX, rightOther, rightOther));
    }
  }

  private static Collection<String> union(Node left, Node right) {
    Map<String, Node> union = new TreeMap<>(left.children);
    union.putAll(right.children);
    return union.keySet();
  }

  private static String drawnName(String name) {
    return name.isEmpty() ? "total" : name;
  }

  private static <T> List<T> levelOf(List<List<T>> levels, int level) {
    if (level == levels.size()) {
      levels.add(new ArrayList<>());
    }

    return levels.get(level);
  }
}
