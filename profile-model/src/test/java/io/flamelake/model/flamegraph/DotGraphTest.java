/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DotGraphTest {

  @Test
  void drawsFunctionsAndCalls() {
    CallTreeBuilder builder = CallTree.builder();
    builder.add(List.of("main", "work"), 1_500_000);
    builder.add(List.of("main", "work", "say \"hi\\\""), 500_000);
    assertThat(DotGraph.encode(builder.build(), "nanoseconds"))
        .isEqualTo(
            """
            digraph "profile" {
            node [style=filled fillcolor="#f8f8f8" shape=box]
            N1 [label="main\\n0ns (0.00%)\\nof 2.00ms (100.00%)" id="node1" fontsize=8 \
            tooltip="main (2.00ms)"]
            N2 [label="work\\n1.50ms (75.00%)\\nof 2.00ms (100.00%)" id="node2" fontsize=24 \
            tooltip="work (2.00ms)"]
            N3 [label="say \\"hi\\\\\\"\\n500.00us (25.00%)" id="node3" fontsize=17 \
            tooltip="say \\"hi\\\\\\" (500.00us)"]
            N1 -> N2 [label=" 2.00ms" weight=101 penwidth=6 tooltip="main -> work (2.00ms)"]
            N2 -> N3 [label=" 500.00us" weight=26 penwidth=2 \
            tooltip="work -> say \\"hi\\\\\\" (500.00us)"]
            }
            """);
  }

  @Test
  void countsRecursionOnce() {
    CallTreeBuilder builder = CallTree.builder();
    builder.add(List.of("a", "b", "a", "b", "a"), 8);
    String dot = DotGraph.encode(builder.build(), "count");
    assertThat(dot)
        .contains("label=\"a\\n8 (100.00%)\"")
        .contains("label=\"b\\n0 (0.00%)\\nof 8 (100.00%)\"")
        .contains("N1 -> N2 [label=\" 8\"")
        .contains("N2 -> N1 [label=\" 8\"");
  }

  @Test
  void passesOverHiddenFunctions() {
    CallTreeBuilder builder = CallTree.builder();
    builder.add(List.of("a", "b"), 5);
    builder.add(List.of("a", "x", "b"), 3);
    builder.add(List.of("a", "x", "b", "c"), 1);
    // a and b are the heaviest.
    String dot = DotGraph.encode(builder.build(), "bytes", 2);
    assertThat(dot).contains("N1 -> N2 [label=\" 9B\"").contains("a ... b").doesNotContain("N3");
  }

  @Test
  void drawsNothingForAnEmptyTree() {
    assertThat(DotGraph.encode(CallTree.builder().build(), "count")).isEmpty();
  }

  @Test
  void boundsWhatIsShown() {
    CallTreeBuilder builder = CallTree.builder();
    NaiveTree.randomStacks(new Random(1), 5000, 400).forEach(builder::add);
    String dot = DotGraph.encode(builder.build(), "count");
    assertThat(dot.lines().filter(line -> line.matches("N\\d+ \\[.*"))).hasSizeBetween(20, 100);
    assertThat(dot).isEqualTo(DotGraph.encode(builder.build(), "count"));
  }
}
