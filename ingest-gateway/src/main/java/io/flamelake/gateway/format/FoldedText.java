/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.Malformed;
import io.flamelake.model.pprof.MalformedProfileException;
import java.nio.charset.StandardCharsets;

/** Stacks as lines of text, the root first, the frames separated by semicolons. */
final class FoldedText {

  private static final int NONE = -1;
  private static final int MAX_LONG_DIGITS = 19;

  private FoldedText() {}

  /** Reads lines of a stack, a space and a count. */
  static void readGroups(byte[] text, StackConsumer out) {
    forEachLine(
        text,
        (from, to) -> {
          int end = to;
          while (end > from && text[end - 1] == ' ') {
            end--;
          }

          int space = lastIndexOf(text, ' ', from, end);
          if (space == NONE) {
            throw Malformed.at(
                from, "Line: " + quote(text, from, end) + " (expected: a stack, a space, a count)");
          }

          long count = parseCount(text, space + 1, end);
          out.add(readStack(text, from, space, out), count);
        });
  }

  /** Reads lines that are a stack each, and count one. */
  static void readLines(byte[] text, StackConsumer out) {
    forEachLine(text, (from, to) -> out.add(readStack(text, from, to, out), 1));
  }

  private static int readStack(byte[] text, int from, int to, StackConsumer out) {
    int stack = StackTree.ROOT;
    int start = from;
    for (int at = from; at < to; at++) {
      if (text[at] == ';') {
        stack = out.child(stack, Utf8.decode(text, start, at));
        start = at + 1;
      }
    }

    return from == to ? stack : out.child(stack, Utf8.decode(text, start, to));
  }

  private static long parseCount(byte[] text, int from, int to) {
    long count = 0;
    for (int at = from; at < to; at++) {
      int digit = text[at] - '0';
      if (digit < 0 || digit > 9) {
        throw badCount(text, from, to);
      }

      count = count * 10 + digit;
      if (count < 0 || at - from >= MAX_LONG_DIGITS) {
        throw badCount(text, from, to);
      }
    }

    return count;
  }

  private static MalformedProfileException badCount(byte[] text, int from, int to) {
    return Malformed.at(
        from, "Count: " + quote(text, from, to) + " (expected: 0.." + Long.MAX_VALUE + ")");
  }

  /** Text of the upload as messages show it, whatever it is. */
  private static String quote(byte[] text, int from, int to) {
    return Malformed.quote(
        new String(text, from, Math.min(to - from, 1024), StandardCharsets.UTF_8));
  }

  private static int lastIndexOf(byte[] text, char c, int from, int to) {
    for (int at = to - 1; at >= from; at--) {
      if (text[at] == c) {
        return at;
      }
    }

    return NONE;
  }

  /** Calls back for each line that is not empty, without its end. */
  private static void forEachLine(byte[] text, LineConsumer out) {
    int from = 0;
    while (from < text.length) {
      int end = from;
      while (end < text.length && text[end] != '\n') {
        end++;
      }

      int to = end > from && text[end - 1] == '\r' ? end - 1 : end;
      if (to > from) {
        out.accept(from, to);
      }

      from = end + 1;
    }
  }

  private interface LineConsumer {
    void accept(int from, int to);
  }
}
