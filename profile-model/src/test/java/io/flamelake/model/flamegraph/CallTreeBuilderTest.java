/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CallTreeBuilderTest {

  private static CallTree tree(Map<List<String>, Long> stacks) {
    CallTreeBuilder builder = CallTree.builder();
    stacks.forEach(builder::add);
    return builder.build();
  }

  private static Map<List<String>, Long> sum(
      Map<List<String>, Long> left, Map<List<String>, Long> right) {
    Map<List<String>, Long> sum = new HashMap<>(left);
    right.forEach((stack, value) -> sum.merge(stack, value, Long::sum));
    return sum;
  }

  private static void assertEqual(CallTree actual, CallTree expected) {
    assertThat(actual.total()).isEqualTo(expected.total());
    assertThat(actual.self(CallTree.ROOT)).isEqualTo(expected.self(CallTree.ROOT));
    assertThat(TreeBytes.encode(actual, 0)).isEqualTo(TreeBytes.encode(expected, 0));
  }

  @Test
  void mergesTreesInAnyWay() {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      Map<List<String>, Long> left =
          NaiveTree.randomStacks(random, 1 + random.nextInt(500), 3 + random.nextInt(20));
      Map<List<String>, Long> right =
          NaiveTree.randomStacks(random, 1 + random.nextInt(500), 3 + random.nextInt(20));
      left.put(List.of(), (long) random.nextInt(10));
      CallTree expected = tree(sum(left, right));

      CallTreeBuilder empty = CallTree.builder();
      empty.merge(tree(left));
      assertEqual(empty.build(), tree(left));
      empty.merge(tree(right));
      assertEqual(empty.build(), expected);

      CallTreeBuilder added = CallTree.builder();
      added.merge(tree(left));
      right.forEach(added::add);
      assertEqual(added.build(), expected);

      CallTreeBuilder root = CallTree.builder();
      root.add(List.of(), 3);
      root.merge(tree(left));
      assertThat(root.build().total()).isEqualTo(tree(left).total() + 3);
    }
  }

  @Test
  void addsTreesGivenAsArrays() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      Map<List<String>, Long> left = NaiveTree.randomStacks(random, 200, 9);
      Map<List<String>, Long> right = NaiveTree.randomStacks(random, 200, 12);
      CallTreeBuilder builder = CallTree.builder();
      left.forEach(builder::add);
      PreorderTree stored = PreorderTree.of(tree(right));
      int[] parents = new int[stored.parents().length + 5];
      int[] functions = new int[parents.length];
      for (int node = 0; node < stored.parents().length; node++) {
        parents[node] = stored.parents()[node] == 0 ? -1 : node - stored.parents()[node];
        functions[node] = builder.function(stored.names()[stored.functions()[node]]);
      }

      builder.addNodes(parents, functions, stored.self(), stored.self().length);

      assertEqual(builder.build(), tree(sum(left, right)));
    }
  }

  @Test
  void refusesNegativeValues() {
    CallTreeBuilder builder = CallTree.builder();
    int[] function = {builder.function("main")};

    assertThatThrownBy(() -> builder.addNodes(new int[] {-1}, function, new long[] {-5}, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("selfs: -5 (expected: >= 0)");
  }
}
