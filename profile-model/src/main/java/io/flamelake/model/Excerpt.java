/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model;

/**
 * What error messages repeat of a client's text: all of a short one, and of a long one so much that
 * its author finds the place. Characters are left whole.
 */
public final class Excerpt {

  private static final int MAX_LENGTH = 200;

  private Excerpt() {}

  /** The beginning of a text. */
  public static String start(String text) {
    return around(text, 0);
  }

  /** The part of a text that has a position in its middle. */
  public static String around(String text, int position) {
    if (text.length() <= MAX_LENGTH) {
      return text;
    }

    int last = text.length() - MAX_LENGTH;
    int from = boundary(text, Math.max(0, Math.min(position - MAX_LENGTH / 2, last)));
    int to = boundary(text, from + MAX_LENGTH);
    return (from == 0 ? "" : "…") + text.substring(from, to) + (to == text.length() ? "" : "…");
  }

  private static int boundary(String text, int position) {
    boolean isWithin =
        position > 0
            && position < text.length()
            && Character.isSurrogatePair(text.charAt(position - 1), text.charAt(position));
    return isWithin ? position - 1 : position;
  }
}
