/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import static io.flamelake.model.pprof.ProtobufCursor.FIXED64;
import static io.flamelake.model.pprof.ProtobufCursor.LENGTH_DELIMITED;
import static io.flamelake.model.pprof.ProtobufCursor.VARINT;

import io.flamelake.gateway.convert.Malformed;
import io.flamelake.model.pprof.ProtobufCursor;
import it.unimi.dsi.fastutil.ints.IntArrayList;

/** Reads one sample after the other, in the layout of their export. */
final class SampleReader {

  private final Dictionary dictionary;
  private final SampleLayout layout;
  private final IntArrayList attributes = new IntArrayList();
  private int stack;
  private int link;
  private long valueSum;
  private boolean hasValues;
  private long timestamps;

  SampleReader(Dictionary dictionary, SampleLayout layout) {
    this.dictionary = dictionary;
    this.layout = layout;
  }

  /** Reads the {@code Sample} whose length comes next. */
  void read(ProtobufCursor in) {
    attributes.clear();
    stack = 0;
    link = 0;
    valueSum = 0;
    hasValues = false;
    timestamps = 0;
    int outer = in.enter();
    while (in.hasMore()) {
      int start = in.position();
      int tag = in.readTag();
      switch (tag) {
        case 1 << 3 | VARINT -> stack = TableIndex.read(in, "Stack", dictionary.stackCount());
        case 2 << 3 | VARINT, 2 << 3 | LENGTH_DELIMITED -> {
          if (layout == SampleLayout.V1_9) {
            readValues(in, tag);
          } else {
            readAttributes(in, tag);
          }
        }
        case 3 << 3 | LENGTH_DELIMITED -> {
          expect(SampleLayout.V1_9, start);
          readAttributes(in, tag);
        }
        case 3 << 3 | VARINT -> {
          expect(SampleLayout.V1_10, start);
          link = TableIndex.read(in, "Link", dictionary.linkCount());
        }
        case 4 << 3 | LENGTH_DELIMITED -> {
          expect(SampleLayout.V1_10, start);
          readValues(in, tag);
        }
        case 4 << 3 | VARINT -> {
          expect(SampleLayout.V1_9, start);
          link = TableIndex.read(in, "Link", dictionary.linkCount());
        }
        case 5 << 3 | FIXED64 -> {
          in.readFixed64();
          timestamps++;
        }
        case 5 << 3 | LENGTH_DELIMITED -> readTimestamps(in);
        default -> in.skip(tag);
      }
    }

    in.leave(outer);
  }

  /** Whether it tells nothing: neither a value nor a time. */
  boolean isEmpty() {
    return !hasValues && timestamps == 0;
  }

  /**
   * The sum of the sample's values, or how many times it was seen if there are none. Negative if a
   * value is.
   */
  long value() {
    return hasValues ? valueSum : timestamps;
  }

  int stack() {
    return stack;
  }

  /** The number of a link, 0 for none. */
  int link() {
    return link;
  }

  IntArrayList attributes() {
    return attributes;
  }

  private void expect(SampleLayout expected, int at) {
    if (layout != expected) {
      throw Malformed.of(
          "Field at byte %d is of the sample layout %s, fields before it are of %s"
              .formatted(at, expected, layout));
    }
  }

  private void readValues(ProtobufCursor in, int tag) {
    if (tag == (2 << 3 | VARINT)) {
      addValue(in.readVarint());
      return;
    }

    int outer = in.enter();
    while (in.hasMore()) {
      addValue(in.readVarint());
    }

    in.leave(outer);
  }

  /** Once the sum is negative it stays so, and large sums stop at the largest number. */
  private void addValue(long value) {
    hasValues = true;
    if (value < 0 || valueSum < 0) {
      valueSum = -1;
      return;
    }

    long sum = valueSum + value;
    valueSum = sum < 0 ? Long.MAX_VALUE : sum;
  }

  private void readAttributes(ProtobufCursor in, int tag) {
    if (tag == (2 << 3 | VARINT)) {
      addAttribute(in);
      return;
    }

    int outer = in.enter();
    while (in.hasMore()) {
      addAttribute(in);
    }

    in.leave(outer);
  }

  private void addAttribute(ProtobufCursor in) {
    int attribute = TableIndex.read(in, "Attribute", dictionary.attributes().size());
    if (attribute != 0) {
      attributes.add(attribute);
    }
  }

  private void readTimestamps(ProtobufCursor in) {
    int start = in.position();
    int length = in.readLength();
    if (length % Long.BYTES != 0) {
      throw Malformed.of(
          "Timestamps at byte %d have %d bytes (expected: a multiple of 8)"
              .formatted(start, length));
    }

    in.seek(in.position() + length);
    timestamps += length / Long.BYTES;
  }
}
