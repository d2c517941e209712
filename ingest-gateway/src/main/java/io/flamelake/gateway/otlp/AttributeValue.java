/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import static io.flamelake.model.pprof.ProtobufCursor.LENGTH_DELIMITED;
import static io.flamelake.model.pprof.ProtobufCursor.VARINT;

import io.flamelake.model.pprof.ProtobufCursor;

/**
 * What an {@code AnyValue} holds, as far as it can be a label: a text, a whole number, or the only
 * element of an array.
 *
 * @param bits of a text its offset in the export and, in the lower half, its length; of a text in
 *     the dictionary its index; of a number the number
 */
record AttributeValue(Kind kind, long bits) {

  enum Kind {
    /** Anything that is no label: a map, several elements, a fraction. */
    OTHER,
    TEXT,
    TEXT_INDEX,
    NUMBER
  }

  static final AttributeValue OTHER = new AttributeValue(Kind.OTHER, 0);

  private static final int STRING_VALUE = ProtobufCursor.tag(1, LENGTH_DELIMITED);
  private static final int BOOL_VALUE = ProtobufCursor.tag(2, VARINT);
  private static final int INT_VALUE = ProtobufCursor.tag(3, VARINT);
  private static final int DOUBLE_VALUE = ProtobufCursor.tag(4, ProtobufCursor.FIXED64);
  private static final int ARRAY_VALUE = ProtobufCursor.tag(5, LENGTH_DELIMITED);
  private static final int MAP_VALUE = ProtobufCursor.tag(6, LENGTH_DELIMITED);
  private static final int BYTES_VALUE = ProtobufCursor.tag(7, LENGTH_DELIMITED);
  private static final int STRING_INDEX_VALUE = ProtobufCursor.tag(8, VARINT);
  private static final int ARRAY_ELEMENT = ProtobufCursor.tag(1, LENGTH_DELIMITED);

  /** Reads the message whose length comes next. */
  static AttributeValue read(ProtobufCursor in) {
    return read(in, true);
  }

  int textOffset() {
    return (int) (bits >>> Integer.SIZE);
  }

  int textLength() {
    return (int) bits;
  }

  private static AttributeValue read(ProtobufCursor in, boolean takesArray) {
    AttributeValue value = OTHER;
    int outer = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      if (tag == STRING_VALUE) {
        value = readText(in);
      } else if (tag == INT_VALUE) {
        value = new AttributeValue(Kind.NUMBER, in.readVarint());
      } else if (tag == STRING_INDEX_VALUE) {
        value = new AttributeValue(Kind.TEXT_INDEX, in.readVarint());
      } else if (tag == ARRAY_VALUE && takesArray) {
        value = readOnlyElement(in);
      } else {
        in.skip(tag);
        value = isValue(tag) ? OTHER : value;
      }
    }

    in.leave(outer);
    return value;
  }

  private static AttributeValue readText(ProtobufCursor in) {
    int length = in.readLength();
    int offset = in.position();
    in.seek(offset + length);
    return new AttributeValue(Kind.TEXT, (long) offset << Integer.SIZE | length);
  }

  private static AttributeValue readOnlyElement(ProtobufCursor in) {
    AttributeValue value = OTHER;
    int count = 0;
    int outer = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      if (tag == ARRAY_ELEMENT) {
        value = read(in, false);
        count++;
      } else {
        in.skip(tag);
      }
    }

    in.leave(outer);
    return count == 1 ? value : OTHER;
  }

  /** Whether a field is one of those of which a message holds only the last. */
  private static boolean isValue(int tag) {
    return tag == BOOL_VALUE
        || tag == DOUBLE_VALUE
        || tag == ARRAY_VALUE
        || tag == MAP_VALUE
        || tag == BYTES_VALUE;
  }
}
