/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.proto.querier.v1.FlameGraph;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class CallTreeTest {

  @Test
  void mergesStacksInAnyOrder() {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      Map<List<String>, Long> stacks =
          NaiveTree.randomStacks(random, 1 + random.nextInt(300), 3 + random.nextInt(20));
      CallTreeBuilder unordered = CallTree.builder();
      stacks.forEach(unordered::add);
      CallTreeBuilder ordered = CallTree.builder();
      Map<String, Long> sorted = new TreeMap<>();
      stacks.forEach((stack, value) -> sorted.put(String.join(";", stack) + ";", value));
      sorted.forEach((stack, value) -> ordered.add(split(stack), value));

      CallTree tree = unordered.build();
      assertThat(CollapsedStacks.encode(tree))
          .isEqualTo(CollapsedStacks.encode(ordered.build()))
          .isEqualTo(expectedCollapsed(stacks));
      assertThat(tree.total()).isEqualTo(stacks.values().stream().mapToLong(Long::longValue).sum());
    }
  }

  @Test
  void mergesTrees() {
    Random random = new Random(1);
    Map<List<String>, Long> first = NaiveTree.randomStacks(random, 100, 10);
    Map<List<String>, Long> second = NaiveTree.randomStacks(random, 100, 12);
    CallTreeBuilder one = CallTree.builder();
    first.forEach(one::add);
    CallTreeBuilder two = CallTree.builder();
    second.forEach(two::add);
    CallTreeBuilder both = CallTree.builder();
    both.merge(one.build());
    both.merge(two.build());

    second.forEach((stack, value) -> first.merge(stack, value, Long::sum));
    assertThat(CollapsedStacks.encode(both.build())).isEqualTo(expectedCollapsed(first));
  }

  @Test
  void readsOnlyTheGivenRange() {
    CallTreeBuilder builder = CallTree.builder();
    int a = builder.function("a");
    int b = builder.function("b");
    assertThat(builder.function("a")).isEqualTo(a);
    builder.add(new int[] {b, a, b, a}, 1, 2, 5);
    builder.add(new int[] {a}, 0, 0, 3);
    CallTree tree = builder.build();
    assertThat(CollapsedStacks.encode(tree)).isEqualTo("a;b 5\n");
    assertThat(tree.nodeCount()).isEqualTo(3);
    assertThat(tree.self(CallTree.ROOT)).isEqualTo(3);
    assertThat(tree.total()).isEqualTo(8);
    assertThat(tree.parent(CallTree.ROOT)).isEqualTo(-1);
  }

  @Test
  void staysUsableAfterBuild() {
    CallTreeBuilder builder = CallTree.builder();
    builder.add(List.of("a", "b"), 1);
    CallTree before = builder.build();
    builder.add(List.of("a", "c"), 1);
    assertThat(CollapsedStacks.encode(before)).isEqualTo("a;b 1\n");
    assertThat(CollapsedStacks.encode(builder.build())).isEqualTo("a;b 1\na;c 1\n");
  }

  @Test
  void refusesNegativeValues() {
    assertThatThrownBy(() -> CallTree.builder().add(List.of("a"), -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("value: -1 (expected: >= 0)");
  }

  @Test
  void knowsWhenItIsEmpty() {
    CallTreeBuilder builder = CallTree.builder();
    builder.add(List.of("a"), 0);
    assertThat(builder.build().isEmpty()).isTrue();
    builder.add(List.of(), 1);
    assertThat(builder.build().isEmpty()).isFalse();
  }

  @Test
  void truncatesAMillionNodesInMilliseconds() {
    Random random = new Random(3);
    CallTreeBuilder builder = CallTree.builder();
    int[] functions = new int[60_000];
    for (int i = 0; i < functions.length; i++) {
      functions[i] = builder.function("function-" + i);
    }

    int[] stack = new int[40];
    for (int i = 0; i < 100_000; i++) {
      // Departs from the stack before at a random depth, as stacks in order of functions do.
      for (int depth = random.nextInt(stack.length); depth < stack.length; depth++) {
        stack[depth] = functions[random.nextInt(functions.length)];
      }

      builder.add(stack, 0, stack.length, 1 + random.nextInt(1000));
    }

    CallTree tree = builder.build();
    long fastest = Long.MAX_VALUE;
    int bars = 0;
    for (int i = 0; i < 20; i++) {
      long start = System.nanoTime();
      FlameGraph graph = FlameGraphEncoder.encode(tree, 16_384);
      fastest = Math.min(fastest, System.nanoTime() - start);
      bars = graph.getLevelsList().stream().mapToInt(level -> level.getValuesCount() / 4).sum();
    }

    assertThat(tree.nodeCount()).isGreaterThan(1_750_000);
    assertThat(bars).isBetween(16_384, 3 * 16_384);
    // Loose, for busy machines; the benchmarks module measures.
    assertThat(Duration.ofNanos(fastest)).isLessThan(Duration.ofSeconds(1));
  }

  private static List<String> split(String stack) {
    String[] names = stack.split(";", -1);
    return Arrays.asList(names).subList(0, names.length - 1);
  }

  private static String expectedCollapsed(Map<List<String>, Long> stacks) {
    return stacks.entrySet().stream()
        .sorted(Map.Entry.comparingByKey(CallTreeTest::compare))
        .map(entry -> String.join(";", entry.getKey()) + " " + entry.getValue() + "\n")
        .collect(Collectors.joining());
  }

  private static int compare(List<String> left, List<String> right) {
    return Arrays.compare(left.toArray(new String[0]), right.toArray(new String[0]));
  }
}
