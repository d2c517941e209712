/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TreeBytesTest {

  @Test
  void writesTheLastChildFirst() {
    CallTreeBuilder builder = CallTree.builder();
    builder.add(List.of("a", "b"), 1);
    builder.add(List.of("a", "c"), 300);
    assertThat(TreeBytes.encode(builder.build(), 0))
        .containsExactly(
            0, 0, 1, // the virtual root: no name, no weight, one child
            1, 'a', 0, 2, //
            1, 'c', 0xAC, 0x02, 0, //
            1, 'b', 1, 0);
  }

  @Test
  void writesAnEmptyTreeAsNothing() {
    assertThat(TreeBytes.encode(CallTree.builder().build(), 0)).isEmpty();
    assertThat(TreeBytes.decode(new byte[0]).isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 20, 100})
  void agreesWithTheRecursiveRoute(int maxNodes) {
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      Map<List<String>, Long> stacks =
          NaiveTree.randomStacks(random, 1 + random.nextInt(60), 3 + random.nextInt(20));
      CallTreeBuilder builder = CallTree.builder();
      NaiveTree naive = new NaiveTree();
      stacks.forEach(builder::add);
      stacks.forEach(naive::add);

      byte[] bytes = TreeBytes.encode(builder.build(), maxNodes);

      NaiveTree.Node root = new NaiveTree.Node("");
      root.children.putAll(naive.roots);
      prune(root, naive.minValue(maxNodes));
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      write(expected, root);
      assertThat(bytes).as("seed %s", seed).isEqualTo(expected.toByteArray());
      CallTree decoded = TreeBytes.decode(bytes);
      assertThat(TreeBytes.encode(decoded, 0)).isEqualTo(bytes);
      assertThat(decoded.total()).isEqualTo(naive.total());
    }
  }

  @Test
  void refusesEveryCutAndSurvivesEveryFlip() {
    CallTreeBuilder builder = CallTree.builder();
    NaiveTree.randomStacks(new Random(5), 20, 10).forEach(builder::add);
    byte[] bytes = TreeBytes.encode(builder.build(), 0);
    for (int length = 1; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> TreeBytes.decode(cut))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("Malformed tree at byte ");
    }

    for (int bit = 0; bit < 8 * bytes.length; bit++) {
      byte[] flipped = bytes.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      try {
        TreeBytes.decode(flipped);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageStartingWith("Malformed tree at byte ");
      }
    }
  }

  @Test
  void refusesTrailingBytes() {
    assertThatThrownBy(() -> TreeBytes.decode(new byte[] {0, 1, 0, 0}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Malformed tree at byte 3: bytes after the last node");
  }

  private static void prune(NaiveTree.Node node, long minValue) {
    long other = 0;
    for (NaiveTree.Node child : new ArrayList<>(node.children.values())) {
      if (child.total < minValue) {
        other += child.total;
        node.children.remove(child.name);
      } else {
        prune(child, minValue);
      }
    }

    if (other > 0) {
      node.children.computeIfAbsent("other", NaiveTree.Node::new).self += other;
    }
  }

  private static void write(ByteArrayOutputStream out, NaiveTree.Node node) {
    out.write(node.name.length());
    out.writeBytes(node.name.getBytes(StandardCharsets.US_ASCII));
    long rest = node.self;
    while (rest > 127) {
      out.write((int) (rest & 127) | 128);
      rest >>= 7;
    }

    out.write((int) rest);
    out.write(node.children.size());
    List<NaiveTree.Node> children = new ArrayList<>(node.children.values());
    Collections.reverse(children);
    children.forEach(child -> write(out, child));
  }
}
