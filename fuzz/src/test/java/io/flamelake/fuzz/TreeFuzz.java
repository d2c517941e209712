/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import io.flamelake.fuzz.NodeReader.Node;
import io.flamelake.gateway.format.ConvertedProfile;
import io.flamelake.gateway.format.FormatExamples;
import io.flamelake.gateway.format.StackFormats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Trees of functions. */
public final class TreeFuzz {

  private TreeFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    List<ConvertedProfile> converted =
        Conversions.convert(StackFormats.TREE, Conversions.COUNTING_APP, input);
    Conversions.checkEqual(read(input), converted);
  }

  static List<byte[]> seeds() {
    return FormatExamples.trees();
  }

  private static @Nullable Map<List<String>, Long> read(byte[] input) {
    FoldedStacks stacks = new FoldedStacks();
    NodeReader in = new NodeReader(input);
    try {
      Node root = in.read();
      if (root.name().length > 0) {
        return null;
      }

      stacks.add(List.of(), root.value());
      readChildren(in, root, new ArrayList<>(), stacks);
      in.checkEnd();
      return stacks.sums();
    } catch (FoldedStacks.Malformed e) {
      return null;
    }
  }

  private static void readChildren(
      NodeReader in, Node parent, List<String> stack, FoldedStacks stacks) {
    for (int i = 0; i < parent.children(); i++) {
      Node child = in.read();
      stack.add(FoldedStacks.text(child.name()));
      stacks.add(stack, child.value());
      readChildren(in, child, stack, stacks);
      stack.remove(stack.size() - 1);
    }
  }
}
