/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** A growing array of little-endian numbers and bytes. */
final class ByteSink {
  private static final VarHandle SHORT = view(short[].class);
  private static final VarHandle INT = view(int[].class);
  private static final VarHandle LONG = view(long[].class);
  private static final VarHandle LONG_BIG_ENDIAN =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private byte[] bytes;
  private int size;

  ByteSink(int capacity) {
    this.bytes = new byte[capacity];
  }

  /** The array itself: valid up to {@link #size()}, and until the next write. */
  byte[] array() {
    return bytes;
  }

  int size() {
    return size;
  }

  /** Moves the end, over bytes that are written directly into the array or not wanted any more. */
  void setSize(int newSize) {
    this.size = newSize;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  void writeByte(int value) {
    ensureFree(1);
    bytes[size++] = (byte) value;
  }

  void writeShort(int value) {
    ensureFree(Short.BYTES);
    SHORT.set(bytes, size, (short) value);
    size += Short.BYTES;
  }

  void writeInt(int value) {
    ensureFree(Integer.BYTES);
    INT.set(bytes, size, value);
    size += Integer.BYTES;
  }

  void setInt(int position, int value) {
    INT.set(bytes, position, value);
  }

  void setShort(int position, int value) {
    SHORT.set(bytes, position, (short) value);
  }

  void writeLong(long value) {
    ensureFree(Long.BYTES);
    LONG.set(bytes, size, value);
    size += Long.BYTES;
  }

  void writeLongBigEndian(long value) {
    ensureFree(Long.BYTES);
    LONG_BIG_ENDIAN.set(bytes, size, value);
    size += Long.BYTES;
  }

  void write(byte[] source, int offset, int length) {
    ensureFree(length);
    System.arraycopy(source, offset, bytes, size, length);
    size += length;
  }

  /** Writes what remains in a buffer. */
  void write(ByteBuffer source) {
    int length = source.remaining();
    ensureFree(length);
    source.get(bytes, size, length);
    size += length;
  }

  /** Writes the UTF-8 bytes of a string, without an array for it where it is ASCII. */
  void writeUtf8(String value) {
    int length = value.length();
    ensureFree(length);
    int position = size;
    for (int i = 0; i < length; i++) {
      char c = value.charAt(i);
      if (c >= 0x80) {
        byte[] encoded = value.getBytes(UTF_8);
        write(encoded, 0, encoded.length);
        return;
      }

      bytes[position++] = (byte) c;
    }

    size = position;
  }

  /** Makes room; half as much again each time, so that a byte is copied twice on average. */
  private void ensureFree(int count) {
    int needed = Math.addExact(size, count);
    if (needed > bytes.length) {
      int grown = (int) Math.min(bytes.length + (bytes.length >> 1) + 64L, Integer.MAX_VALUE - 8);
      bytes = Arrays.copyOf(bytes, Math.max(needed, grown));
    }
  }

  private static VarHandle view(Class<?> arrayType) {
    return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.LITTLE_ENDIAN);
  }
}
