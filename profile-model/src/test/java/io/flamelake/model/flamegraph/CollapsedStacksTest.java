/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CollapsedStacksTest {

  @Test
  void writesALineForEachStack() {
    CallTreeBuilder builder = CallTree.builder();
    builder.add(List.of("main", "work", "sort"), 2);
    builder.add(List.of("main", "idle"), 7);
    builder.add(List.of("main"), 1);
    assertThat(CollapsedStacks.encode(builder.build()))
        .isEqualTo("main 1\nmain;idle 7\nmain;work;sort 2\n");
  }

  @Test
  void keepsTheSeparatorsOutOfNames() {
    CallTreeBuilder builder = CallTree.builder();
    builder.add(List.of("Lfoo/Bar;baz", "a\nb c"), 2);
    assertThat(CollapsedStacks.encode(builder.build())).isEqualTo("Lfoo/Bar:baz;a b c 2\n");
  }

  @Test
  void writesNothingForAnEmptyTree() {
    assertThat(CollapsedStacks.encode(CallTree.builder().build())).isEmpty();
  }
}
