/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import io.flamelake.model.pprof.PprofLimits;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Stacks and their sums, gathered without care for speed: the second reading that the converters
 * are held to.
 */
final class FoldedStacks {

  private final Map<List<String>, Long> sums = new HashMap<>();

  /** The upload is not of the format. */
  static final class Malformed extends RuntimeException {
    private static final long serialVersionUID = 1;

    Malformed(String message) {
      super(message);
    }
  }

  Map<List<String>, Long> sums() {
    return sums;
  }

  /** Adds to a stack, the root first; what is too deep loses its leaves, and zero adds nothing. */
  void add(List<String> rootFirst, long value) {
    if (value == 0) {
      return;
    }

    List<String> cut =
        List.copyOf(
            rootFirst.subList(0, Math.min(rootFirst.size(), PprofLimits.DEFAULT.maxDepth())));
    try {
      sums.merge(cut, value, Math::addExact);
    } catch (ArithmeticException e) {
      throw new Malformed("More than 64 bits");
    }
  }

  /** Splits {@code root;caller;leaf}; no text is the stack without frames. */
  static List<String> split(byte[] folded) {
    String text = text(folded);
    return text.isEmpty() ? List.of() : List.of(text.split(";", -1));
  }

  static String text(byte[] utf8) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new Malformed("Not UTF-8");
    }
  }
}
