/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import java.math.BigInteger;

/** Reads the nodes of tries and trees: length of a name, name, value, number of children. */
final class NodeReader {

  private static final int MAX_NUMBER_BYTES = 10;
  private static final BigInteger MAX_NUMBER = BigInteger.valueOf(Long.MAX_VALUE);

  private final byte[] bytes;
  private int position;

  NodeReader(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A node without its children, which come next. */
  record Node(byte[] name, long value, int children) {}

  Node read() {
    byte[] name = new byte[count()];
    System.arraycopy(bytes, position, name, 0, name.length);
    position += name.length;
    return new Node(name, number(), count());
  }

  void checkEnd() {
    if (position < bytes.length) {
      throw new FoldedStacks.Malformed("Bytes after the last node");
    }
  }

  /** Of what takes a byte at least. */
  private int count() {
    long count = number();
    if (count > bytes.length - position) {
      throw new FoldedStacks.Malformed("Count");
    }

    return (int) count;
  }

  private long number() {
    BigInteger value = BigInteger.ZERO;
    for (int i = 0; i < MAX_NUMBER_BYTES; i++) {
      if (position == bytes.length) {
        throw new FoldedStacks.Malformed("End within a number");
      }

      byte next = bytes[position++];
      value = value.or(BigInteger.valueOf(next & 0x7f).shiftLeft(7 * i));
      if (next >= 0) {
        if (value.compareTo(MAX_NUMBER) > 0) {
          throw new FoldedStacks.Malformed("More than 63 bits");
        }

        return value.longValueExact();
      }
    }

    throw new FoldedStacks.Malformed("Long number");
  }
}
