/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PreorderTreeTest {

  @Test
  void storesNodesInPreorderWithoutTheRoot() {
    CallTreeBuilder builder = CallTree.builder();
    builder.add(List.of("main", "run", "write"), 5);
    builder.add(List.of("main", "run"), 1);
    builder.add(List.of("gc"), 2);
    builder.add(List.of("main", "exit"), 3);
    builder.add(List.of(), 4);

    PreorderTree stored = PreorderTree.of(builder.build());

    assertThat(stored.names()).containsExactly("gc", "main", "exit", "run", "write");
    assertThat(stored.functions()).containsExactly(0, 1, 2, 3, 4);
    assertThat(stored.parents()).containsExactly(0, 0, 1, 2, 1);
    assertThat(stored.self()).containsExactly(2, 0, 3, 1, 5);
    assertThat(stored.total()).isEqualTo(15);
  }

  @Test
  void givesTheSameTreeBack() {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      Map<List<String>, Long> stacks =
          NaiveTree.randomStacks(random, 1 + random.nextInt(300), 3 + random.nextInt(20));
      stacks.put(List.of(), (long) random.nextInt(10));
      CallTreeBuilder builder = CallTree.builder();
      stacks.forEach(builder::add);
      CallTree tree = builder.build();

      CallTree restored = PreorderTree.of(tree).toCallTree();

      assertThat(restored.nodeCount()).isEqualTo(tree.nodeCount());
      assertThat(restored.total()).isEqualTo(tree.total());
      assertThat(restored.self(CallTree.ROOT)).isEqualTo(tree.self(CallTree.ROOT));
      assertThat(CollapsedStacks.encode(restored)).isEqualTo(CollapsedStacks.encode(tree));
      assertThat(TreeBytes.encode(restored, 0)).isEqualTo(TreeBytes.encode(tree, 0));
    }
  }

  @Test
  void storesEqualTreesEqually() {
    Map<List<String>, Long> stacks = NaiveTree.randomStacks(new Random(7), 200, 9);
    CallTreeBuilder one = CallTree.builder();
    stacks.forEach(one::add);
    List<List<String>> shuffled = new ArrayList<>(stacks.keySet());
    Collections.shuffle(shuffled, new Random(8));
    CallTreeBuilder other = CallTree.builder();
    other.function("a function that no node has");
    for (List<String> stack : shuffled) {
      other.add(stack, stacks.getOrDefault(stack, 0L));
    }

    assertThat(PreorderTree.of(other.build()))
        .usingRecursiveComparison()
        .isEqualTo(PreorderTree.of(one.build()));
  }

  @Test
  void keepsAnEmptyTree() {
    PreorderTree stored = PreorderTree.of(CallTree.builder().build());

    assertThat(stored.names()).isEmpty();
    assertThat(stored.toCallTree().isEmpty()).isTrue();
  }

  @Test
  void refusesWhatIsNoTree() {
    String[] names = {"a"};
    assertRefused(
        new PreorderTree(names, new int[] {1}, new int[] {0}, new long[] {1}, 1),
        "parent of node 0: 1");
    assertRefused(
        new PreorderTree(names, new int[] {0, -1}, new int[2], new long[2], 1),
        "parent of node 1: -1");
    assertRefused(
        new PreorderTree(names, new int[] {0}, new int[] {1}, new long[] {1}, 1),
        "function of node 0: 1");
    assertRefused(
        new PreorderTree(names, new int[] {0}, new int[] {0}, new long[] {-1}, 1),
        "value of node 0: -1");
    assertRefused(
        new PreorderTree(names, new int[] {0}, new int[] {0}, new long[] {2}, 1),
        "total: 1 (expected: no less than the sum of its nodes)");
    assertThatThrownBy(() -> new PreorderTree(names, new int[1], new int[2], new long[3], 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Tree of 1 parents, 2 functions and 3 values (expected: as many of each)");
  }

  private static void assertRefused(PreorderTree tree, String message) {
    assertThatThrownBy(tree::toCallTree)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }
}
