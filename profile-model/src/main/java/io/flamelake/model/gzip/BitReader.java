/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.gzip;

/**
 * Reads a range of bytes as deflate does, the lowest bit first. What is behind the end reads as
 * zeros; whoever reads them learns of it by {@link #isDamaged()}.
 */
final class BitReader {

  private final byte[] in;
  private final int end;
  private int position;

  /** The bits left of the byte before the position. */
  private int bits;

  private int bitCount;
  private boolean isDamaged;

  BitReader(byte[] in, int start, int end) {
    this.in = in;
    this.position = start;
    this.end = end;
  }

  /** Whether there are bytes left and none was missed so far. */
  boolean hasMore() {
    return position < end && !isDamaged;
  }

  boolean isDamaged() {
    return isDamaged;
  }

  /** Notes that what was read makes no sense. */
  void fail() {
    isDamaged = true;
  }

  int readBit() {
    if (bitCount == 0) {
      bits = nextByte();
      bitCount = Byte.SIZE;
    }

    int bit = bits & 1;
    bits >>>= 1;
    bitCount--;
    return bit;
  }

  int readBits(int number) {
    int value = 0;
    for (int i = 0; i < number; i++) {
      value |= readBit() << i;
    }

    return value;
  }

  /** Reads a whole byte, from the next one on. */
  int readByte() {
    bitCount = 0;
    return nextByte();
  }

  /** Reads two whole bytes. */
  int readShort() {
    return readByte() | readByte() << Byte.SIZE;
  }

  /** Skips whole bytes. */
  void skip(int bytes) {
    bitCount = 0;
    if (bytes > end - position) {
      position = end;
      isDamaged = true;
      return;
    }

    position += bytes;
  }

  private int nextByte() {
    if (position == end) {
      isDamaged = true;
      return 0;
    }

    return in[position++] & 0xFF;
  }
}
