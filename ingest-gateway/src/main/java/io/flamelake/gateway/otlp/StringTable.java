/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import io.flamelake.gateway.convert.Malformed;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The strings of a dictionary, left where they are in the export. */
final class StringTable {

  private final byte[] export;
  private final int[] offsets;
  private final int[] lengths;
  private final @Nullable String[] texts;
  private int size;

  StringTable(byte[] export, int capacity) {
    this.export = export;
    this.offsets = new int[capacity];
    this.lengths = new int[capacity];
    this.texts = new String[capacity];
  }

  void add(int offset, int length) {
    offsets[size] = offset;
    lengths[size++] = length;
  }

  int size() {
    return offsets.length;
  }

  int offset(int index) {
    return offsets[index];
  }

  /** The number of bytes of a string. The null string is empty, even if there is no table. */
  int length(int index) {
    return index < lengths.length ? lengths[index] : 0;
  }

  boolean equals(int index, byte[] text) {
    return length(index) == text.length
        && (text.length == 0
            || Arrays.equals(
                export, offsets[index], offsets[index] + text.length, text, 0, text.length));
  }

  /** A string as text, decoded once: a few bytes can refer to a long string again and again. */
  String text(int index) {
    if (length(index) == 0) {
      return "";
    }

    String text = texts[index];
    if (text == null) {
      text = text(export, offsets[index], lengths[index]);
      texts[index] = text;
    }

    return text;
  }

  /** Decodes UTF-8 without replacing what is none. */
  static String text(byte[] bytes, int offset, int length) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, offset, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw Malformed.of("The string of " + length + " bytes at byte " + offset + " is not UTF-8");
    }
  }
}
