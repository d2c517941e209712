/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.model.flamegraph.NaiveTree.Bar;
import io.flamelake.proto.querier.v1.FlameGraph;
import io.flamelake.proto.querier.v1.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlameGraphEncoderTest {

  @Test
  void drawsThePublishedExample() {
    CallTreeBuilder builder = CallTree.builder();
    builder.add(List.of("a", "b", "e"), 1);
    builder.add(List.of("a", "c"), 2);
    builder.add(List.of("a", "c", "d"), 1);

    FlameGraph graph = FlameGraphEncoder.encode(builder.build(), 0);

    assertThat(graph.getNamesList()).containsExactly("total", "a", "c", "d", "b", "e");
    assertThat(graph.getLevelsList())
        .extracting(Level::getValuesList)
        .containsExactly(
            List.of(0L, 4L, 0L, 0L),
            List.of(0L, 4L, 0L, 1L),
            List.of(0L, 1L, 0L, 4L, 0L, 3L, 2L, 2L),
            List.of(0L, 1L, 1L, 5L, 2L, 1L, 1L, 3L));
    assertThat(graph.getTotal()).isEqualTo(4);
    assertThat(graph.getMaxSelf()).isEqualTo(2);
  }

  @Test
  void drawsAnEmptyTreeAsItsRoot() {
    FlameGraph graph = FlameGraphEncoder.encode(CallTree.builder().build(), 8192);
    assertThat(graph.getNamesList()).containsExactly("total");
    assertThat(graph.getLevelsList())
        .extracting(Level::getValuesList)
        .containsExactly(List.of(0L, 0L, 0L, 0L));
    assertThat(graph.getTotal()).isZero();
  }

  @Test
  void gathersWhatIsLeftOutInOneBar() {
    CallTreeBuilder builder = CallTree.builder();
    builder.add(List.of("a", "heavy"), 10);
    builder.add(List.of("a", "light"), 2);
    builder.add(List.of("a", "lighter", "x"), 1);
    builder.add(List.of("a", "other", "y"), 50);

    FlameGraph graph = FlameGraphEncoder.encode(builder.build(), 3);

    // Of a, heavy, other and y, which all weigh 10 or more, the third heaviest weighs 50.
    assertThat(bars(graph))
        .containsExactly(
            List.of(new Bar("total", 0, 63, 0)),
            List.of(new Bar("a", 0, 63, 0)),
            List.of(new Bar("other", 0, 63, 63)));
    assertThat(bars(FlameGraphEncoder.encode(builder.build(), 4)).get(2))
        .containsExactly(new Bar("heavy", 0, 10, 10), new Bar("other", 10, 53, 53));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 10, 50, 100, 1000, -1})
  void agreesWithTheRecursiveRoute(int maxNodes) {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      Map<List<String>, Long> stacks =
          NaiveTree.randomStacks(random, 1 + random.nextInt(80), 3 + random.nextInt(20));
      NaiveTree naive = new NaiveTree();
      CallTreeBuilder builder = CallTree.builder();
      stacks.forEach(naive::add);
      stacks.forEach(builder::add);
      CallTree tree = builder.build();

      assertThat(tree.minTotal(maxNodes)).as("seed %s", seed).isEqualTo(naive.minValue(maxNodes));
      FlameGraph graph = FlameGraphEncoder.encode(tree, maxNodes);
      List<List<Bar>> expected = naive.flameGraph(maxNodes);
      assertThat(bars(graph)).as("seed %s", seed).isEqualTo(expected);
      assertThat(graph.getTotal()).isEqualTo(naive.total());
      assertThat(graph.getMaxSelf())
          .isEqualTo(expected.stream().flatMap(List::stream).mapToLong(Bar::self).max().orElse(0));
      assertThat(graph.getNamesList()).doesNotHaveDuplicates();
    }
  }

  /** Undoes the relative offsets and the numbering of names. */
  private static List<List<Bar>> bars(FlameGraph graph) {
    List<List<Bar>> levels = new ArrayList<>();
    for (Level level : graph.getLevelsList()) {
      List<Bar> bars = new ArrayList<>();
      long end = 0;
      for (int i = 0; i < level.getValuesCount(); i += 4) {
        long x = end + level.getValues(i);
        bars.add(
            new Bar(
                graph.getNames((int) level.getValues(i + 3)),
                x,
                level.getValues(i + 1),
                level.getValues(i + 2)));
        end = x + level.getValues(i + 1);
      }

      levels.add(bars);
    }

    return levels;
  }
}
