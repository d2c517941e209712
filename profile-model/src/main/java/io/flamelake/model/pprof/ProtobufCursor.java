/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.pprof;

import static io.flamelake.model.pprof.MalformedProfileException.malformed;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Reads the protobuf wire format from a range of an array, for decoders that make no objects of
 * what they read. Accepts what protobuf-java accepts, as {@code PprofDecoderFuzzTest} checks,
 * except varints of more than ten bytes.
 *
 * <p>Whatever is malformed, or ends early, is a {@link MalformedProfileException} with its position
 * in the array.
 */
public final class ProtobufCursor {

  public static final int VARINT = 0;
  public static final int FIXED64 = 1;
  public static final int LENGTH_DELIMITED = 2;

  private static final int START_GROUP = 3;
  private static final int END_GROUP = 4;
  private static final int FIXED32 = 5;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int MAX_VARINT_BYTES = 10;
  private static final int MAX_GROUP_DEPTH = 96;

  private final byte[] bytes;
  private int position;
  private int limit;

  /** Starts at the first byte of a range, and reads no byte outside of it. */
  public ProtobufCursor(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.position = offset;
    this.limit = offset + length;
  }

  public static int tag(int field, int wireType) {
    return field << 3 | wireType;
  }

  public int position() {
    return position;
  }

  /** Goes on at another position, which has to be within the range. */
  public void seek(int newPosition) {
    position = newPosition;
  }

  public boolean hasMore() {
    return position < limit;
  }

  /** The next field's tag; must not be called at the end. */
  public int readTag() {
    int start = position;
    int tag = (int) readVarint();
    if (tag >>> 3 == 0) {
      throw malformed("Invalid field number 0 at byte " + start);
    }

    return tag;
  }

  public long readVarint() {
    int at = position;
    if (at < limit) {
      byte first = bytes[at];
      if (first >= 0) {
        position = at + 1;
        return first;
      }

      if (at + 1 < limit) {
        byte second = bytes[at + 1];
        if (second >= 0) {
          position = at + 2;
          return (first & 0x7f) | second << 7;
        }
      }
    }

    return readLongVarint();
  }

  private long readLongVarint() {
    int start = position;
    int end = Math.min(limit - start, MAX_VARINT_BYTES) + start;
    long value = 0;
    int shift = 0;
    for (int at = start; at < end; at++, shift += 7) {
      byte next = bytes[at];
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        position = at + 1;
        return value;
      }
    }

    if (end - start == MAX_VARINT_BYTES) {
      throw malformed("Varint longer than 10 bytes at byte " + start);
    }

    throw malformed("Input ends within a varint at byte " + start);
  }

  public long readFixed64() {
    int start = position;
    skipBytes(Long.BYTES);
    return (long) LONGS.get(bytes, start);
  }

  /** Reads a length and checks that so many bytes follow. */
  public int readLength() {
    int start = position;
    int length = (int) readVarint();
    if (length < 0 || length > limit - position) {
      throw malformed(
          "Length "
              + Integer.toUnsignedString(length)
              + " at byte "
              + start
              + " exceeds the "
              + (limit - position)
              + " bytes that follow");
    }

    return length;
  }

  /**
   * Reads a length and confines the cursor to that many bytes.
   *
   * @return the limit to hand to {@link #leave}
   */
  public int enter() {
    int length = readLength();
    int outer = limit;
    limit = position + length;
    return outer;
  }

  /** Ends what {@link #enter} began, at the position reached. */
  public void leave(int outerLimit) {
    limit = outerLimit;
  }

  /** Passes over the field that a tag began. */
  public void skip(int tag) {
    skip(tag, 0);
  }

  private void skip(int tag, int depth) {
    switch (tag & 7) {
      case VARINT -> readVarint();
      case FIXED64 -> skipBytes(Long.BYTES);
      case LENGTH_DELIMITED -> skipBytes(readLength());
      case START_GROUP -> skipGroup(tag >>> 3, depth);
      case FIXED32 -> skipBytes(Integer.BYTES);
      case END_GROUP -> throw malformed("Unexpected end of group before byte " + position);
      default -> throw malformed("Unknown wire type " + (tag & 7) + " before byte " + position);
    }
  }

  private void skipGroup(int field, int depth) {
    if (depth == MAX_GROUP_DEPTH) {
      throw malformed("More than " + MAX_GROUP_DEPTH + " nested groups at byte " + position);
    }

    while (hasMore()) {
      int tag = readTag();
      if ((tag & 7) == END_GROUP) {
        if (tag >>> 3 != field) {
          throw malformed("Unexpected end of group before byte " + position);
        }

        return;
      }

      skip(tag, depth + 1);
    }

    throw malformed("Input ends within a group at byte " + position);
  }

  private void skipBytes(int count) {
    if (count > limit - position) {
      throw malformed("Input ends within a field at byte " + position);
    }

    position += count;
  }
}
