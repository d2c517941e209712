/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.adhoc;

import io.flamelake.model.flamegraph.CallTree;
import io.flamelake.model.flamegraph.CallTreeBuilder;
import io.flamelake.query.adhoc.UploadedProfile.Measured;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Reads folded text: a stack a line, its functions divided by semicolons, a blank, a number. */
final class CollapsedParser {
  private static final String TYPE = "samples";
  private static final String UNIT = "count";
  private static final int MAX_SHOWN = 100;

  private CollapsedParser() {}

  static UploadedProfile parse(String text) {
    CallTreeBuilder tree = CallTree.builder();
    int number = 0;
    for (String line : (Iterable<String>) text.lines()::iterator) {
      number++;
      if (!line.isBlank()) {
        add(line.stripTrailing(), number, tree);
      }
    }

    return new UploadedProfile(Map.of(TYPE, new Measured(tree.build(), UNIT)), TYPE);
  }

  private static void add(String line, int number, CallTreeBuilder tree) {
    int blank = line.lastIndexOf(' ');
    long value = -1;
    try {
      value = blank <= 0 ? -1 : Long.parseLong(line.substring(blank + 1));
    } catch (NumberFormatException e) {
      // Refused below, as what is negative is.
    }

    if (value < 0) {
      String shown = line.length() <= MAX_SHOWN ? line : line.substring(0, MAX_SHOWN) + "…";
      throw new UnreadableProfileException(
          "Line " + number + " is no stack with a value: " + shown);
    }

    List<String> stack = Arrays.asList(line.substring(0, blank).stripTrailing().split(";", -1));
    tree.add(stack.subList(0, Math.min(stack.size(), UploadedProfile.MAX_DEPTH)), value);
  }
}
