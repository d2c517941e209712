/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.model.flamegraph.NaiveTree.DiffBar;
import io.flamelake.proto.querier.v1.FlameGraphDiff;
import io.flamelake.proto.querier.v1.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlameGraphDiffEncoderTest {

  @Test
  void drawsThePublishedExample() {
    CallTreeBuilder left = CallTree.builder();
    left.add(List.of("a", "b"), 1);
    left.add(List.of("a", "c"), 2);
    CallTreeBuilder right = CallTree.builder();
    right.add(List.of("a", "b"), 4);
    right.add(List.of("a", "c"), 8);

    FlameGraphDiff diff = FlameGraphDiffEncoder.encode(left.build(), right.build(), 1024);

    assertThat(diff.getNamesList()).containsExactly("total", "a", "c", "b");
    assertThat(diff.getLevelsList())
        .extracting(Level::getValuesList)
        .containsExactly(
            List.of(0L, 3L, 0L, 0L, 12L, 0L, 0L),
            List.of(0L, 3L, 0L, 0L, 12L, 0L, 1L),
            List.of(0L, 1L, 1L, 0L, 4L, 4L, 3L, 0L, 2L, 2L, 0L, 8L, 8L, 2L));
    assertThat(diff.getMaxSelf()).isEqualTo(8);
    assertThat(diff.getTotal()).isEqualTo(15);
    assertThat(diff.getLeftTicks()).isEqualTo(3);
    assertThat(diff.getRightTicks()).isEqualTo(12);
  }

  @Test
  void drawsTwoEmptyTreesAsTheirRoot() {
    CallTree empty = CallTree.builder().build();
    FlameGraphDiff diff = FlameGraphDiffEncoder.encode(empty, empty, 0);
    assertThat(diff.getNamesList()).containsExactly("total");
    assertThat(diff.getLevelsList())
        .extracting(Level::getValuesList)
        .containsExactly(List.of(0L, 0L, 0L, 0L, 0L, 0L, 0L));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 5, 10, 50, 100, 1000, -1})
  void agreesWithTheRecursiveRoute(int maxNodes) {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      NaiveTree naiveLeft = new NaiveTree();
      NaiveTree naiveRight = new NaiveTree();
      CallTree left = randomTree(random, naiveLeft);
      CallTree right = randomTree(random, naiveRight);

      FlameGraphDiff diff = FlameGraphDiffEncoder.encode(left, right, maxNodes);

      assertThat(bars(diff))
          .as("seed %s", seed)
          .isEqualTo(NaiveTree.diff(naiveLeft, naiveRight, maxNodes));
      assertThat(diff.getTotal()).isEqualTo(naiveLeft.total() + naiveRight.total());
    }
  }

  private static CallTree randomTree(Random random, NaiveTree naive) {
    CallTreeBuilder builder = CallTree.builder();
    Map<List<String>, Long> stacks =
        NaiveTree.randomStacks(random, random.nextInt(60), 3 + random.nextInt(20));
    stacks.forEach(naive::add);
    stacks.forEach(builder::add);
    return builder.build();
  }

  private static List<List<DiffBar>> bars(FlameGraphDiff diff) {
    List<List<DiffBar>> levels = new ArrayList<>();
    for (Level level : diff.getLevelsList()) {
      List<DiffBar> bars = new ArrayList<>();
      long leftEnd = 0;
      long rightEnd = 0;
      for (int i = 0; i < level.getValuesCount(); i += 7) {
        long leftX = leftEnd + level.getValues(i);
        long rightX = rightEnd + level.getValues(i + 3);
        bars.add(
            new DiffBar(
                diff.getNames((int) level.getValues(i + 6)),
                leftX,
                level.getValues(i + 1),
                level.getValues(i + 2),
                rightX,
                level.getValues(i + 4),
                level.getValues(i + 5)));
        leftEnd = leftX + level.getValues(i + 1);
        rightEnd = rightX + level.getValues(i + 4);
      }

      levels.add(bars);
    }

    return levels;
  }
}
