/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import io.flamelake.flink.maintenance.rollup.RowFiles.RowConsumer;
import io.flamelake.flink.sink.FlameTableRow;
import io.flamelake.model.flamegraph.CallTree;
import io.flamelake.model.flamegraph.CallTreeBuilder;
import io.flamelake.model.flamegraph.PreorderTree;
import it.unimi.dsi.fastutil.objects.Object2IntOpenHashMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * Resolves the sums of one service while its stacks pass by once, in any order: the first row of a
 * stack id counts, and stacks that weigh nothing are no part of the tree, as in a query's.
 */
final class ServiceTrees {

  private static final int UNKNOWN = -1;

  private final String serviceName;
  private final List<Growing> trees = new ArrayList<>();

  /** Numbers that are the same in all trees of the service, so that a name is looked up once. */
  private final Object2IntOpenHashMap<String> functionNumbers = new Object2IntOpenHashMap<>();

  private int[] path = new int[128];

  ServiceTrees(String serviceName) {
    this.serviceName = serviceName;
    functionNumbers.defaultReturnValue(UNKNOWN);
  }

  /** Begins a tree of sums, which are used up. */
  void begin(SampleKey key, StackTotals totals) {
    trees.add(new Growing(key, totals));
  }

  /**
   * Adds a stack of the service to the trees that have it.
   *
   * @param functions root first
   * @return how many nodes there are more than before
   */
  int add(long stackId, String[] functions) {
    int newNodes = 0;
    boolean isNumbered = false;
    for (Growing tree : trees) {
      long value = tree.totals.take(stackId);
      if (value <= 0) {
        continue;
      }

      if (!isNumbered) {
        number(functions);
        isNumbered = true;
      }

      newNodes -= tree.builder.nodeCount();
      tree.add(functions, value);
      newNodes += tree.builder.nodeCount();
    }

    return newNodes;
  }

  /**
   * Hands the rows of all trees out.
   *
   * @throws UnmadeHoursException if there were stacks that never passed by
   */
  void finish(RowMaker maker, RowConsumer<FlameTableRow> rows) throws Exception {
    TreeSet<Integer> unknownHours = new TreeSet<>();
    long unknown = 0;
    for (Growing tree : trees) {
      int untaken = tree.totals.untaken();
      if (untaken > 0) {
        unknownHours.add(tree.key.hour());
        unknown += untaken;
      }
    }

    if (unknown > 0) {
      throw UnmadeHoursException.unknownStacks(serviceName, unknownHours, unknown);
    }

    for (Growing tree : trees) {
      rows.accept(maker.row(tree.key, tree.totals, PreorderTree.of(tree.builder.build())));
    }
  }

  private void number(String[] functions) {
    if (path.length < functions.length) {
      path = new int[2 * functions.length];
    }

    for (int i = 0; i < functions.length; i++) {
      int number = functionNumbers.getInt(functions[i]);
      if (number == UNKNOWN) {
        number = functionNumbers.size();
        functionNumbers.put(functions[i], number);
      }

      path[i] = number;
    }
  }

  /** Makes the row of a tree. */
  interface RowMaker {
    FlameTableRow row(SampleKey key, StackTotals totals, PreorderTree tree);
  }

  /** A tree that stacks are added to. */
  private final class Growing {

    private final SampleKey key;
    private final StackTotals totals;
    private final CallTreeBuilder builder = CallTree.builder();
    private int[] treeFunctions = new int[0];
    private int[] treePath = new int[128];

    private Growing(SampleKey key, StackTotals totals) {
      this.key = key;
      this.totals = totals;
    }

    private void add(String[] functions, long value) {
      int known = treeFunctions.length;
      if (known < functionNumbers.size()) {
        treeFunctions = Arrays.copyOf(treeFunctions, Math.max(64, 2 * functionNumbers.size()));
        Arrays.fill(treeFunctions, known, treeFunctions.length, UNKNOWN);
      }

      if (treePath.length < functions.length) {
        treePath = new int[2 * functions.length];
      }

      for (int i = 0; i < functions.length; i++) {
        int function = treeFunctions[path[i]];
        if (function == UNKNOWN) {
          function = builder.function(functions[i]);
          treeFunctions[path[i]] = function;
        }

        treePath[i] = function;
      }

      builder.add(treePath, 0, functions.length, value);
    }
  }
}
