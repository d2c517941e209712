/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Little-endian numbers and bytes of a range of an array; nothing is read beyond its end. */
final class ByteSource {
  private final byte[] bytes;
  private final ByteBuffer buffer;

  ByteSource(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.buffer = ByteBuffer.wrap(bytes, offset, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  int position() {
    return buffer.position();
  }

  int remaining() {
    return buffer.remaining();
  }

  int readByte() {
    need(1);
    return buffer.get() & 0xff;
  }

  int readShort() {
    need(Short.BYTES);
    return buffer.getShort() & 0xffff;
  }

  int readInt() {
    need(Integer.BYTES);
    return buffer.getInt();
  }

  /** Reads a length, which is refused if more bytes than are left. */
  int readLength() {
    int length = readInt();
    if (length < 0 || length > buffer.remaining()) {
      throw new Malformed("a length of " + Integer.toUnsignedString(length) + " bytes");
    }

    return length;
  }

  long readLong() {
    need(Long.BYTES);
    return buffer.getLong();
  }

  long readLongBigEndian() {
    return Long.reverseBytes(readLong());
  }

  String readUtf8(int length) {
    need(length);
    String value = new String(bytes, buffer.position(), length, UTF_8);
    skip(length);
    return value;
  }

  void skip(int length) {
    need(length);
    buffer.position(buffer.position() + length);
  }

  private void need(int length) {
    if (length > buffer.remaining()) {
      throw new Malformed("its end after " + buffer.remaining() + " of " + length + " bytes");
    }
  }

  /** The bytes are not of the format; whoever knows the segment turns it into the public error. */
  static final class Malformed extends RuntimeException {
    Malformed(String reason) {
      super(reason, null, false, false);
    }
  }
}
