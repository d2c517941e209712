/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.pprof;

import static io.flamelake.model.pprof.MalformedProfileException.malformed;

/**
 * Reads the protobuf wire format from a range of an array. Accepts what protobuf-java accepts, as
 * {@code PprofDecoderFuzzTest} checks, except varints of more than ten bytes.
 */
final class ProtobufCursor {

  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int LENGTH_DELIMITED = 2;
  static final int START_GROUP = 3;
  static final int END_GROUP = 4;
  static final int FIXED32 = 5;

  private static final int MAX_VARINT_BYTES = 10;
  private static final int MAX_GROUP_DEPTH = 96;

  private final byte[] bytes;
  private int position;
  private int limit;

  ProtobufCursor(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.position = offset;
    this.limit = offset + length;
  }

  static int tag(int field, int wireType) {
    return field << 3 | wireType;
  }

  int position() {
    return position;
  }

  void seek(int newPosition) {
    position = newPosition;
  }

  boolean hasMore() {
    return position < limit;
  }

  /** The next field's tag; must not be called at the end. */
  int readTag() {
    int start = position;
    int tag = (int) readVarint();
    if (tag >>> 3 == 0) {
      throw malformed("Invalid field number 0 at byte " + start);
    }

    return tag;
  }

  long readVarint() {
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

  /** Reads a length and checks that so many bytes follow. */
  int readLength() {
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
  int enter() {
    int length = readLength();
    int outer = limit;
    limit = position + length;
    return outer;
  }

  void leave(int outerLimit) {
    limit = outerLimit;
  }

  void skip(int tag) {
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
