/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The {@code names} of a flame graph, numbered as they are first drawn. The virtual root comes
 * first and is called "total", as is, by the same number, every function without a name.
 */
final class FrameNames {

  private static final String TOTAL = "total";

  private final CallTree tree;
  private final int[] indexes;
  private final List<String> names = new ArrayList<>();
  private int otherIndex = -1;

  FrameNames(CallTree tree) {
    this.tree = tree;
    this.indexes = new int[tree.functionCount()];
    Arrays.fill(indexes, -1);
    names.add(TOTAL);
  }

  int index(int node) {
    String name = tree.name(node);
    if (name.isEmpty()) {
      return 0;
    }

    if (name.equals(CallTree.OTHER)) {
      return otherIndex();
    }

    int functionId = tree.functionId(node);
    if (indexes[functionId] < 0) {
      indexes[functionId] = names.size();
      names.add(name);
    }

    return indexes[functionId];
  }

  int otherIndex() {
    if (otherIndex < 0) {
      otherIndex = names.size();
      names.add(CallTree.OTHER);
    }

    return otherIndex;
  }

  List<String> toList() {
    return names;
  }
}
