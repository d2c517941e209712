/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.normalize;

/**
 * Go names a generic function's instances after the shapes they were compiled for, {@code
 * slices.Sort[go.shape.int]}. Which instance a sample shows is arbitrary, so the shapes are written
 * {@code [...]}, as the Go runtime does in its own traces.
 *
 * <p>No other language's names hold {@code [go.shape.}, so it needs no knowledge of the profile's
 * language.
 */
final class GoTypeParameters {

  private static final String START = "[go.shape.";
  private static final String REPLACEMENT = "[...]";

  /** Returns {@code name} itself where it has no shapes. */
  static String drop(String name) {
    int start = name.indexOf(START);
    if (start < 0) {
      return name;
    }

    StringBuilder result = new StringBuilder(name.length());
    int copied = 0;
    while (start >= 0) {
      int end = closingBracket(name, start);
      if (end < 0) {
        break;
      }

      result.append(name, copied, start).append(REPLACEMENT);
      copied = end + 1;
      start = name.indexOf(START, copied);
    }

    return result.append(name, copied, name.length()).toString();
  }

  /** Finds the bracket that closes the one at {@code start}; shapes like {@code []uint8} nest. */
  private static int closingBracket(String name, int start) {
    int open = 0;
    for (int i = start; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '[') {
        open++;
      } else if (c == ']' && --open == 0) {
        return i;
      }
    }

    return -1;
  }

  private GoTypeParameters() {}
}
