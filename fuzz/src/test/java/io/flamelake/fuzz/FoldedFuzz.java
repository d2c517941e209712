/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import io.flamelake.gateway.format.ConvertedProfile;
import io.flamelake.gateway.format.FormatExamples;
import io.flamelake.gateway.format.StackFormats;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Folded text, with counts ({@code groups}) and without ({@code lines}). */
public final class FoldedFuzz {

  private static final Pattern GROUP = Pattern.compile("(.*) ([0-9]{1,19}) *", Pattern.DOTALL);
  private static final BigInteger MAX_COUNT = BigInteger.valueOf(Long.MAX_VALUE);

  private FoldedFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    List<ConvertedProfile> groups =
        Conversions.convert(StackFormats.GROUPS, Conversions.COUNTING_APP, input);
    Conversions.checkEqual(read(input, true), groups);
    List<ConvertedProfile> lines =
        Conversions.convert(StackFormats.LINES, Conversions.COUNTING_APP, input);
    Conversions.checkEqual(read(input, false), lines);
  }

  static List<byte[]> seeds() {
    return FormatExamples.folded();
  }

  private static @Nullable Map<List<String>, Long> read(byte[] input, boolean hasCounts) {
    FoldedStacks stacks = new FoldedStacks();
    try {
      // Latin-1 keeps every byte as it is.
      for (String line : new String(input, StandardCharsets.ISO_8859_1).split("\n", -1)) {
        String text = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
        if (!text.isEmpty()) {
          readLine(text, hasCounts, stacks);
        }
      }

      return stacks.sums();
    } catch (FoldedStacks.Malformed e) {
      return null;
    }
  }

  private static void readLine(String line, boolean hasCount, FoldedStacks stacks) {
    String stack = line;
    long count = 1;
    if (hasCount) {
      Matcher group = GROUP.matcher(line);
      if (!group.matches() || new BigInteger(group.group(2)).compareTo(MAX_COUNT) > 0) {
        throw new FoldedStacks.Malformed("No count");
      }

      stack = group.group(1);
      count = Long.parseLong(group.group(2));
    }

    stacks.add(FoldedStacks.split(stack.getBytes(StandardCharsets.ISO_8859_1)), count);
  }
}
