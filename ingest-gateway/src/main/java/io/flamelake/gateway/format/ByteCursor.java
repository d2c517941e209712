/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.Malformed;

/** Reads the numbers and names of a binary upload. */
final class ByteCursor {

  private static final int MAX_UVARINT_BYTES = 10;

  private final byte[] bytes;
  private int position;

  ByteCursor(byte[] bytes) {
    this.bytes = bytes;
  }

  int position() {
    return position;
  }

  int remaining() {
    return bytes.length - position;
  }

  /** Reads an unsigned number of seven bits a byte, the lowest first. */
  long readUvarint(String what) {
    int start = position;
    long value = 0;
    for (int shift = 0; shift < 7 * MAX_UVARINT_BYTES; shift += 7) {
      if (position == bytes.length) {
        throw Malformed.at(start, what + ": the upload ends within the number");
      }

      byte next = bytes[position++];
      value |= (next & 0x7fL) << shift;
      if (next >= 0) {
        if (value < 0 || (shift == 63 && next > 1)) {
          throw Malformed.at(
              start,
              what
                  + ": "
                  + (shift == 63 && next > 1 ? "more than 64 bits" : Long.toUnsignedString(value))
                  + " (expected: 0.."
                  + Long.MAX_VALUE
                  + ")");
        }

        return value;
      }
    }

    throw Malformed.at(start, what + ": longer than " + MAX_UVARINT_BYTES + " bytes");
  }

  /** Reads a number of bytes that follow, or of things that take some bytes each. */
  int readCount(String what, int bytesEach) {
    int start = position;
    long count = readUvarint(what);
    if (count > remaining() / bytesEach) {
      throw Malformed.at(
          start,
          what + ": " + count + " (expected: what fits in the " + remaining() + " bytes left)");
    }

    return (int) count;
  }

  /** Skips bytes that {@link #readCount} has found to be there. */
  int skip(int count) {
    int start = position;
    position += count;
    return start;
  }

  void checkEnd() {
    if (remaining() > 0) {
      throw Malformed.at(position, remaining() + " bytes after the last node");
    }
  }
}
