/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.convert;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;

/** Writes the protobuf wire format into an array that grows. */
public final class WireOutput {

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH_DELIMITED = 2;
  private static final int MAX_VARINT_BYTES = 10;
  private static final int MIN_CAPACITY = 1024;
  private static final int MAX_CAPACITY = Integer.MAX_VALUE - 16;

  private final ConversionMemory memory;
  private byte[] bytes = {};
  private int size;

  /**
   * @param memory takes what is used, before it is used
   */
  public WireOutput(ConversionMemory memory) {
    this.memory = requireNonNull(memory, "memory");
  }

  public int size() {
    return size;
  }

  public void clear() {
    size = 0;
  }

  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** Copies all of it into an array, which must have room. */
  void copyTo(byte[] target, int offset) {
    System.arraycopy(bytes, 0, target, offset, size);
  }

  void append(WireOutput other) {
    ensureRoom(other.size);
    other.copyTo(bytes, size);
    size += other.size;
  }

  /** Writes a number, or nothing if it is zero: fields that are missing read as zero. */
  public void writeVarintField(int field, long value) {
    if (value != 0) {
      writeVarint(tag(field, VARINT));
      writeVarint(value);
    }
  }

  /** Writes a number, zero too: where there is a choice of fields, that one is there says which. */
  public void writeExplicitVarintField(int field, long value) {
    writeVarint(tag(field, VARINT));
    writeVarint(value);
  }

  public void writeFixed64Field(int field, long value) {
    writeVarint(tag(field, FIXED64));
    writeFixed64(value);
  }

  public void writeBytesField(int field, byte[] source) {
    writeBytesField(field, source, 0, source.length);
  }

  public void writeBytesField(int field, byte[] source, int offset, int length) {
    writeVarint(tag(field, LENGTH_DELIMITED));
    writeVarint(length);
    ensureRoom(length);
    System.arraycopy(source, offset, bytes, size, length);
    size += length;
  }

  /**
   * Begins a field whose length is not known yet: a message or packed numbers.
   *
   * @return what {@link #end} needs to know
   */
  public int begin(int field) {
    writeVarint(tag(field, LENGTH_DELIMITED));
    return size;
  }

  /** Ends what {@link #begin} began, by moving it to where its length leaves off. */
  public void end(int start) {
    int length = size - start;
    int shift = varintSize(length);
    ensureRoom(shift);
    System.arraycopy(bytes, start, bytes, start + shift, length);
    size = start;
    writeVarint(length);
    size += length;
  }

  public void writeVarint(long value) {
    ensureRoom(MAX_VARINT_BYTES);
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      bytes[size++] = (byte) (rest & 0x7f | 0x80);
      rest >>>= 7;
    }

    bytes[size++] = (byte) rest;
  }

  public void writeFixed64(long value) {
    ensureRoom(Long.BYTES);
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      bytes[size++] = (byte) (value >>> shift);
    }
  }

  private void ensureRoom(int count) {
    if (count <= bytes.length - size) {
      return;
    }

    int doubled = bytes.length > MAX_CAPACITY / 2 ? MAX_CAPACITY : 2 * bytes.length;
    int capacity = Math.max(MIN_CAPACITY, Math.max(Math.addExact(size, count), doubled));
    memory.take(capacity - (long) bytes.length);
    bytes = Arrays.copyOf(bytes, capacity);
  }

  private static int varintSize(int value) {
    return (Integer.SIZE + 6 - Integer.numberOfLeadingZeros(value | 1)) / 7;
  }

  private static int tag(int field, int wireType) {
    return field << 3 | wireType;
  }
}
