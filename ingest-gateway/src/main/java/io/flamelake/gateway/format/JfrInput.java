/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.ConversionMemory;
import io.flamelake.gateway.convert.Malformed;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the primitives of a JFR file: integers of seven bits a byte, the lowest first. Confined to
 * a range, which nothing can be read beyond.
 */
final class JfrInput {

  private static final int NULL_STRING = 0;
  private static final int EMPTY_STRING = 1;
  private static final int POOLED_STRING = 2;
  private static final int UTF8_STRING = 3;
  private static final int CHARS_STRING = 4;
  private static final int LATIN1_STRING = 5;

  private static final int MAX_VARINT_BYTES = 9;

  private final byte[] bytes;
  private final ConversionMemory memory;
  private int position;
  private int limit;

  JfrInput(byte[] bytes, ConversionMemory memory) {
    this.bytes = bytes;
    this.memory = memory;
    this.limit = bytes.length;
  }

  int position() {
    return position;
  }

  int remaining() {
    return limit - position;
  }

  /** Moves to a range, and confines the input to it. */
  void confine(int from, int to) {
    position = from;
    limit = to;
  }

  /** Moves within the range. */
  void seek(int newPosition) {
    position = newPosition;
  }

  byte readByte() {
    require(1);
    return bytes[position++];
  }

  long readLong() {
    int start = position;
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      if (position == limit) {
        throw Malformed.at(start, "The input ends within a number");
      }

      byte next = bytes[position++];
      if (i == MAX_VARINT_BYTES - 1) {
        // The last byte has eight bits.
        return value | (next & 0xffL) << (7 * i);
      }

      value |= (next & 0x7fL) << (7 * i);
      if (next >= 0) {
        return value;
      }
    }

    throw new AssertionError();
  }

  /** Reads how many things follow, each of which takes a byte at least. */
  int readCount(String what) {
    int start = position;
    long count = readLong();
    if (count < 0 || count > remaining()) {
      throw Malformed.at(
          start,
          what + ": " + count + " (expected: what fits in the " + remaining() + " bytes left)");
    }

    return (int) count;
  }

  void skip(int count) {
    require(count);
    position += count;
  }

  void skipString() {
    int encoding = readByte();
    switch (encoding) {
      case NULL_STRING, EMPTY_STRING -> {}
      case POOLED_STRING -> readLong();
      case UTF8_STRING, LATIN1_STRING -> skip(readCount("Length of a string"));
      case CHARS_STRING -> {
        for (int left = readCount("Length of a string"); left > 0; left--) {
          readLong();
        }
      }
      default -> throw badEncoding(encoding);
    }
  }

  /**
   * Reads a string.
   *
   * @param pool where strings are that are only referred to; null if there is no such pool yet
   * @return an empty one where it is null or unknown
   */
  String readString(@Nullable JfrConstants pool) {
    int encoding = readByte();
    return switch (encoding) {
      case NULL_STRING, EMPTY_STRING -> "";
      case POOLED_STRING -> {
        long id = readLong();
        yield pool == null ? "" : pool.string(id);
      }
      case UTF8_STRING -> {
        int from = readBytes();
        yield new String(bytes, from, position - from, StandardCharsets.UTF_8);
      }
      case LATIN1_STRING -> {
        int from = readBytes();
        yield new String(bytes, from, position - from, StandardCharsets.ISO_8859_1);
      }
      case CHARS_STRING -> {
        char[] chars = new char[readStringLength()];
        for (int i = 0; i < chars.length; i++) {
          chars[i] = (char) readLong();
        }

        yield new String(chars);
      }
      default -> throw badEncoding(encoding);
    };
  }

  private int readBytes() {
    int length = readStringLength();
    int from = position;
    position += length;
    return from;
  }

  private int readStringLength() {
    int length = readCount("Length of a string");
    memory.take(2L * length);
    return length;
  }

  private void require(int count) {
    if (count > limit - position) {
      throw Malformed.at(position, "The input ends within a value");
    }
  }

  private RuntimeException badEncoding(int encoding) {
    return Malformed.at(position - 1, "Encoding of a string: " + encoding);
  }
}
