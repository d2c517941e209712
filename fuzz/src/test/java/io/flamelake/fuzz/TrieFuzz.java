/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import io.flamelake.fuzz.NodeReader.Node;
import io.flamelake.gateway.format.ConvertedProfile;
import io.flamelake.gateway.format.FormatExamples;
import io.flamelake.gateway.format.StackFormats;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Prefix tries over folded text. */
public final class TrieFuzz {

  /** The second reading copies the key at every node; the converter has a limit for such input. */
  private static final int MAX_KEY_BYTES = 1 << 20;

  private TrieFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    List<ConvertedProfile> converted =
        Conversions.convert(StackFormats.TRIE, Conversions.COUNTING_APP, input);
    new Reading(input).check(converted);
  }

  static List<byte[]> seeds() {
    return FormatExamples.tries();
  }

  /** The second reading of one upload. */
  private static final class Reading {

    private final NodeReader in;
    private final FoldedStacks stacks = new FoldedStacks();
    private long keyBytes;

    Reading(byte[] input) {
      this.in = new NodeReader(input);
    }

    void check(@Nullable List<ConvertedProfile> converted) {
      @Nullable Map<List<String>, Long> expected = read();
      if (keyBytes <= MAX_KEY_BYTES) {
        Conversions.checkEqual(expected, converted);
      }
    }

    private @Nullable Map<List<String>, Long> read() {
      try {
        readNode(new byte[0]);
        in.checkEnd();
        return stacks.sums();
      } catch (FoldedStacks.Malformed e) {
        return null;
      }
    }

    private void readNode(byte[] prefix) {
      Node node = in.read();
      byte[] key = Arrays.copyOf(prefix, prefix.length + node.name().length);
      System.arraycopy(node.name(), 0, key, prefix.length, node.name().length);
      keyBytes += key.length;
      if (keyBytes > MAX_KEY_BYTES) {
        throw new FoldedStacks.Malformed("Too much work");
      }

      // A frame that has ended here is read whether or not a value comes to lie above it.
      FoldedStacks.text(Arrays.copyOf(key, endOfFrames(key)));
      if (node.value() > 0) {
        stacks.add(FoldedStacks.split(key), node.value());
      }

      for (int i = 0; i < node.children(); i++) {
        readNode(key);
      }
    }

    private static int endOfFrames(byte[] key) {
      int end = key.length;
      while (end > 0 && key[end - 1] != ';') {
        end--;
      }

      return end;
    }
  }
}
