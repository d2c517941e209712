/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.model.flamegraph.FunctionTable.Row;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FunctionTableTest {

  @Test
  void sumsFunctionsOfRandomStacks() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      Map<List<String>, Long> stacks =
          NaiveTree.randomStacks(random, 1 + random.nextInt(200), 3 + random.nextInt(20));
      CallTreeBuilder tree = CallTree.builder();
      stacks.forEach(tree::add);
      FunctionTable table = FunctionTable.of(tree.build());

      assertThat(table.functions()).isEqualTo(expected(stacks));
      assertThat(table.total()).isEqualTo(stacks.values().stream().mapToLong(v -> v).sum());
    }
  }

  /** Stack by stack, without a tree. */
  private static List<Row> expected(Map<List<String>, Long> stacks) {
    Map<String, Long> selfs = new HashMap<>();
    Map<String, Long> totals = new HashMap<>();
    stacks.forEach(
        (stack, value) -> {
          selfs.merge(stack.get(stack.size() - 1), value, Long::sum);
          new HashSet<>(stack).forEach(function -> totals.merge(function, value, Long::sum));
        });
    List<Row> rows = new ArrayList<>();
    totals.forEach(
        (function, total) -> rows.add(new Row(function, selfs.getOrDefault(function, 0L), total)));
    rows.sort(
        Comparator.comparing(Row::self)
            .thenComparing(Row::total)
            .reversed()
            .thenComparing(Row::name));
    return rows;
  }

  @Test
  void countsRecursionOnce() {
    CallTreeBuilder tree = CallTree.builder();
    tree.add(List.of("a", "b", "a", "b", "a"), 3);
    tree.add(List.of("a"), 1);

    assertThat(FunctionTable.of(tree.build()).functions())
        .containsExactly(new Row("a", 4, 4), new Row("b", 0, 3));
  }

  @Test
  void survivesDeepStacks() {
    CallTreeBuilder tree = CallTree.builder();
    tree.add(Collections.nCopies(100_000, "f"), 5);

    assertThat(FunctionTable.of(tree.build()).functions()).containsExactly(new Row("f", 5, 5));
  }

  @Test
  void isEmptyWithoutStacks() {
    assertThat(FunctionTable.of(CallTree.builder().build()))
        .isEqualTo(new FunctionTable(0, List.of()));
  }
}
