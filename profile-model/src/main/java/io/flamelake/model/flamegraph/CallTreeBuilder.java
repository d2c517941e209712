/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.Arrays;
import java.util.List;

/**
 * Merges stack traces into a {@link CallTree}. Not thread-safe.
 *
 * <p>A stack is looked up from where it departs from the one before it, so stacks in order of their
 * functions cost one look-up for each new node and none for the shared beginning; any order gives
 * an equal tree.
 */
public final class CallTreeBuilder {

  private static final int INITIAL_NODES = 256;
  private static final long EMPTY = -1;
  private static final long HASH_MULTIPLIER = 0x9E3779B97F4A7C15L;

  private final Object2IntOpenHashMap<String> functionIds = new Object2IntOpenHashMap<>();
  private String[] functions = new String[64];
  private int functionCount;

  /** Functions from this one on are not in {@link #functionIds}: nobody asked for one by name. */
  private int indexedFunctions;

  private int nodeCount = 1;
  private int[] nodeParents = new int[INITIAL_NODES];
  private int[] nodeFunctions = new int[INITIAL_NODES];
  private long[] nodeSelfs = new long[INITIAL_NODES];

  /** Open addressing on (parent, function); at most half full. The length is a power of two. */
  private long[] keys = new long[4 * INITIAL_NODES];

  private int[] keyNodes = new int[4 * INITIAL_NODES];

  /** Nodes from this one on are not among the keys: nobody asked for a child since they came. */
  private int indexedNodes = 1;

  /** The stack added last and its nodes. */
  private int[] lastFunctions = new int[64];

  private int[] lastNodes = new int[64];
  private int lastLength;

  CallTreeBuilder() {
    functionIds.defaultReturnValue(CallTree.NO_FUNCTION);
    nodeParents[CallTree.ROOT] = -1;
    nodeFunctions[CallTree.ROOT] = CallTree.NO_FUNCTION;
    Arrays.fill(keys, EMPTY);
  }

  /** The number that stands for a function in this builder, the same for equal names. */
  public int function(String name) {
    for (; indexedFunctions < functionCount; indexedFunctions++) {
      functionIds.put(functions[indexedFunctions], indexedFunctions);
    }

    int id = functionIds.getInt(name);
    if (id == CallTree.NO_FUNCTION) {
      id = newFunction(name);
      functionIds.put(name, id);
      indexedFunctions = functionCount;
    }

    return id;
  }

  /** Whether no function has a number yet. */
  public boolean hasNoFunctions() {
    return functionCount == 0;
  }

  /**
   * Numbers functions from 0 on without looking their names up.
   *
   * @param names distinct
   * @throws IllegalStateException unless {@link #hasNoFunctions}
   */
  public void firstFunctions(String[] names, int count) {
    if (!hasNoFunctions()) {
      throw new IllegalStateException("There are " + functionCount + " functions already");
    }

    for (int i = 0; i < count; i++) {
      newFunction(names[i]);
    }
  }

  private int newFunction(String name) {
    if (functionCount == functions.length) {
      functions = Arrays.copyOf(functions, 2 * functionCount);
    }

    functions[functionCount] = name;
    return functionCount++;
  }

  /**
   * Adds one stack.
   *
   * @param stack numbers given by {@link #function}, root first
   * @throws IllegalArgumentException if the value is negative
   */
  public void add(int[] stack, int offset, int length, long value) {
    if (value < 0) {
      throw new IllegalArgumentException("value: " + value + " (expected: >= 0)");
    }

    if (value == 0) {
      return;
    }

    int shared = 0;
    int comparable = Math.min(length, lastLength);
    while (shared < comparable && lastFunctions[shared] == stack[offset + shared]) {
      shared++;
    }

    if (length > lastNodes.length) {
      int capacity = Math.max(length, 2 * lastNodes.length);
      lastFunctions = Arrays.copyOf(lastFunctions, capacity);
      lastNodes = Arrays.copyOf(lastNodes, capacity);
    }

    int node = shared == 0 ? CallTree.ROOT : lastNodes[shared - 1];
    for (int i = shared; i < length; i++) {
      node = child(node, stack[offset + i]);
      lastFunctions[i] = stack[offset + i];
      lastNodes[i] = node;
    }

    lastLength = length;
    nodeSelfs[node] += value;
  }

  /** Adds one stack, the names of its functions root first. */
  public void add(List<String> stack, long value) {
    int[] ids = new int[stack.size()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = function(stack.get(i));
    }

    add(ids, 0, ids.length, value);
  }

  /**
   * Adds a tree, node by node.
   *
   * @param parents for each node the index of the node above, which comes before it; -1 for those
   *     below the virtual root
   * @param functionIds for each node the number given by {@link #function}
   * @param selfs for each node the value of the stacks that end there
   * @param count how many elements of the arrays count
   * @throws IllegalArgumentException if a value is negative
   */
  public void addNodes(int[] parents, int[] functionIds, long[] selfs, int count) {
    int[] nodes = new int[count];
    for (int i = 0; i < count; i++) {
      if (selfs[i] < 0) {
        throw new IllegalArgumentException("selfs: " + selfs[i] + " (expected: >= 0)");
      }

      int parent = parents[i] < 0 ? CallTree.ROOT : nodes[parents[i]];
      nodes[i] = child(parent, functionIds[i]);
      nodeSelfs[nodes[i]] += selfs[i];
    }
  }

  /** Adds all stacks of a tree. */
  public void merge(CallTree tree) {
    if (nodeCount == 1 && functionCount == 0) {
      adopt(tree);
      return;
    }

    int[] nodes = mergeNodes(tree);
    for (int node = 0; node < nodes.length; node++) {
      nodeSelfs[nodes[node]] += tree.self(node);
    }
  }

  /** Begins with the nodes and functions of a tree, which takes no look-up. */
  private void adopt(CallTree tree) {
    functions = new String[Math.max(functions.length, tree.functionCount())];
    functionCount = tree.functionCount();
    for (int i = 0; i < functionCount; i++) {
      functions[i] = tree.function(i);
    }

    nodeCount = tree.nodeCount();
    if (nodeParents.length <= nodeCount) {
      nodeParents = new int[nodeCount + 1];
      nodeFunctions = new int[nodeCount + 1];
      nodeSelfs = Arrays.copyOf(nodeSelfs, nodeCount + 1);
    }

    for (int node = 0; node < nodeCount; node++) {
      nodeParents[node] = tree.parent(node);
      nodeFunctions[node] = tree.functionId(node);
      nodeSelfs[node] += tree.self(node);
    }
  }

  /** The number of nodes so far, the virtual root among them. */
  public int nodeCount() {
    return nodeCount;
  }

  /** The tree of all that was added so far. The builder can be used on. */
  public CallTree build() {
    return new CallTree(
        Arrays.copyOf(functions, functionCount),
        Arrays.copyOf(nodeParents, nodeCount),
        Arrays.copyOf(nodeFunctions, nodeCount),
        Arrays.copyOf(nodeSelfs, nodeCount));
  }

  /** Makes the nodes of a tree, without their values, and tells which of ours each became. */
  int[] mergeNodes(CallTree tree) {
    int[] ids = new int[tree.functionCount()];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = function(tree.function(i));
    }

    int[] nodes = new int[tree.nodeCount()];
    for (int node = 1; node < nodes.length; node++) {
      nodes[node] = child(nodes[tree.parent(node)], ids[tree.functionId(node)]);
    }

    return nodes;
  }

  /** The node of a function below a node, made if there is none. */
  int child(int parent, int functionId) {
    if (indexedNodes < nodeCount) {
      indexNodes();
    }

    long key = ((long) parent << 32) | functionId;
    int mask = keys.length - 1;
    int slot = slot(key, mask);
    while (keys[slot] != EMPTY) {
      if (keys[slot] == key) {
        return keyNodes[slot];
      }

      slot = (slot + 1) & mask;
    }

    int node = nodeCount++;
    if (node == nodeParents.length) {
      growNodes();
    }

    nodeParents[node] = parent;
    nodeFunctions[node] = functionId;
    keys[slot] = key;
    keyNodes[slot] = node;
    indexedNodes = nodeCount;
    if (2 * nodeCount > keys.length) {
      indexNodes();
    }

    return node;
  }

  void addSelf(int node, long value) {
    nodeSelfs[node] += value;
  }

  private void growNodes() {
    int capacity = Math.addExact(nodeParents.length, nodeParents.length);
    nodeParents = Arrays.copyOf(nodeParents, capacity);
    nodeFunctions = Arrays.copyOf(nodeFunctions, capacity);
    nodeSelfs = Arrays.copyOf(nodeSelfs, capacity);
  }

  private void indexNodes() {
    int capacity = keys.length;
    while (2 * nodeCount > capacity) {
      capacity = Math.multiplyExact(capacity, 2);
    }

    keys = new long[capacity];
    keyNodes = new int[capacity];
    Arrays.fill(keys, EMPTY);
    int mask = capacity - 1;
    for (int node = 1; node < nodeCount; node++) {
      long key = ((long) nodeParents[node] << 32) | nodeFunctions[node];
      int slot = slot(key, mask);
      while (keys[slot] != EMPTY) {
        slot = (slot + 1) & mask;
      }

      keys[slot] = key;
      keyNodes[slot] = node;
    }

    indexedNodes = nodeCount;
  }

  private static int slot(long key, int mask) {
    long hash = key * HASH_MULTIPLIER;
    return (int) (hash >>> 32 ^ hash >>> 48) & mask;
  }
}
