/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Writes random samples in the formats of stacks with one value each. */
final class FoldedEncoders {

  private FoldedEncoders() {}

  /** One sample as a client counted it: the same stack may come again. */
  record Counted(List<String> rootFirst, long count) {

    String folded() {
      return String.join(";", rootFirst);
    }
  }

  /** Stacks that share prefixes of functions and of their names, some in other scripts. */
  static List<Counted> random(Random random, int size) {
    String[] functions = new String[40];
    for (int i = 0; i < functions.length; i++) {
      String[] stems = {"main", "ma", "пакет.f", "処理", "a b (c)", "x"};
      functions[i] = stems[random.nextInt(stems.length)] + (i % 3 == 0 ? "" : "." + i % 7);
    }

    List<Counted> samples = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      List<String> stack = new ArrayList<>();
      int depth = 1 + random.nextInt(8);
      for (int j = 0; j < depth; j++) {
        stack.add(functions[random.nextInt(2 + 4 * j)]);
      }

      samples.add(new Counted(stack, 1 + random.nextInt(200)));
    }

    return samples;
  }

  static byte[] groups(List<Counted> samples) {
    StringBuilder text = new StringBuilder();
    for (Counted sample : samples) {
      text.append(sample.folded()).append(' ').append(sample.count()).append('\n');
    }

    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  static byte[] lines(List<Counted> samples) {
    StringBuilder text = new StringBuilder();
    for (Counted sample : samples) {
      text.append((sample.folded() + "\n").repeat((int) sample.count()));
    }

    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  static byte[] tree(List<Counted> samples) {
    Function root = new Function("");
    for (Counted sample : samples) {
      Function at = root;
      for (String name : sample.rootFirst()) {
        at = at.children.computeIfAbsent(name, Function::new);
      }

      at.self += sample.count();
    }

    ByteArrayOutputStream out = new ByteArrayOutputStream();
    root.write(out);
    return out.toByteArray();
  }

  static byte[] trie(List<Counted> samples) {
    Edge root = new Edge(new byte[0]);
    for (Counted sample : samples) {
      root.insert(sample.folded().getBytes(StandardCharsets.UTF_8), sample.count());
    }

    ByteArrayOutputStream out = new ByteArrayOutputStream();
    root.write(out);
    return out.toByteArray();
  }

  static void node(ByteArrayOutputStream out, byte[] name, long value, Collection<?> children) {
    uvarint(out, name.length);
    out.writeBytes(name);
    uvarint(out, value);
    uvarint(out, children.size());
  }

  static void uvarint(ByteArrayOutputStream out, long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      out.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }

    out.write((int) rest);
  }

  /** A node of a tree. */
  private static final class Function {

    final String name;
    final Map<String, Function> children = new LinkedHashMap<>();
    long self;

    Function(String name) {
      this.name = name;
    }

    void write(ByteArrayOutputStream out) {
      node(out, name.getBytes(StandardCharsets.UTF_8), self, children.values());
      children.values().forEach(child -> child.write(out));
    }
  }

  /** A node of a trie, cut where keys part: at any byte. */
  private static final class Edge {

    private byte[] name;
    private long value;
    private List<Edge> children = new ArrayList<>();

    Edge(byte[] name) {
      this.name = name;
    }

    void insert(byte[] key, long count) {
      if (key.length == 0) {
        value += count;
        return;
      }

      for (Edge child : children) {
        int common = Arrays.mismatch(child.name, key);
        if (common == -1) {
          child.value += count;
          return;
        }

        if (common > 0) {
          child.splitAt(common);
          child.insert(Arrays.copyOfRange(key, common, key.length), count);
          return;
        }
      }

      Edge added = new Edge(key);
      added.value = count;
      children.add(added);
    }

    private void splitAt(int at) {
      if (at == name.length) {
        return;
      }

      Edge tail = new Edge(Arrays.copyOfRange(name, at, name.length));
      tail.value = value;
      tail.children = children;
      name = Arrays.copyOf(name, at);
      value = 0;
      children = new ArrayList<>(List.of(tail));
    }

    void write(ByteArrayOutputStream out) {
      node(out, name, value, children);
      children.forEach(child -> child.write(out));
    }
  }
}
