/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import static io.flamelake.model.pprof.ProtobufCursor.FIXED64;
import static io.flamelake.model.pprof.ProtobufCursor.LENGTH_DELIMITED;
import static io.flamelake.model.pprof.ProtobufCursor.VARINT;

import io.flamelake.model.pprof.ProtobufCursor;
import io.flamelake.rpc.MemoryBudget.Reservation;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A {@code Profile} without its samples. */
final class ProfileHeader {

  private static final int SAMPLE = 2 << 3 | LENGTH_DELIMITED;

  private static final int ID_BYTES = 16;

  private final Dictionary dictionary;
  private final IntArrayList samples;
  private int sampleType;
  private int sampleUnit;
  private int periodType;
  private int periodUnit;
  private long period;
  private long timeNanos;
  private long durationNanos;
  private @Nullable UUID id;

  private ProfileHeader(Dictionary dictionary, int sampleCount) {
    this.dictionary = dictionary;
    this.samples = new IntArrayList(sampleCount);
  }

  /**
   * Reads it from an export.
   *
   * @param reservation takes the memory before it is used
   */
  static ProfileHeader read(Dictionary dictionary, Part part, Reservation reservation) {
    int sampleCount = countSamples(cursor(dictionary, part));
    reservation.grow((long) Integer.BYTES * sampleCount);
    ProfileHeader header = new ProfileHeader(dictionary, sampleCount);
    header.read(cursor(dictionary, part));
    return header;
  }

  /** Where the lengths of the samples are in the export. */
  IntArrayList samples() {
    return samples;
  }

  /** Whether it says what it counts. */
  boolean hasType() {
    return dictionary.strings().length(sampleType) > 0;
  }

  PprofType type() {
    StringTable strings = dictionary.strings();
    return PprofType.of(
        strings.text(sampleType),
        strings.text(sampleUnit),
        strings.text(periodType),
        strings.text(periodUnit),
        period);
  }

  long period() {
    return period;
  }

  /** 0 if it does not say. */
  long timeNanos() {
    return timeNanos;
  }

  /** 0 if it does not say. */
  long durationNanos() {
    return durationNanos;
  }

  /** The id its sender gave it, by which it may be sent again. */
  @Nullable UUID id() {
    return id;
  }

  private static ProtobufCursor cursor(Dictionary dictionary, Part part) {
    return new ProtobufCursor(dictionary.export(), part.offset(), part.length());
  }

  private static int countSamples(ProtobufCursor in) {
    int count = 0;
    while (in.hasMore()) {
      int tag = in.readTag();
      count += tag == SAMPLE ? 1 : 0;
      in.skip(tag);
    }

    return count;
  }

  private void read(ProtobufCursor in) {
    while (in.hasMore()) {
      int tag = in.readTag();
      switch (tag) {
        case 1 << 3 | LENGTH_DELIMITED -> {
          int outer = in.enter();
          while (in.hasMore()) {
            int typeTag = in.readTag();
            switch (typeTag) {
              case 1 << 3 | VARINT -> sampleType = readString(in);
              case 2 << 3 | VARINT -> sampleUnit = readString(in);
              default -> in.skip(typeTag);
            }
          }

          in.leave(outer);
        }
        case SAMPLE -> {
          samples.add(in.position());
          in.skip(tag);
        }
        case 3 << 3 | FIXED64 -> timeNanos = in.readFixed64();
        case 4 << 3 | VARINT -> durationNanos = in.readVarint();
        case 5 << 3 | LENGTH_DELIMITED -> {
          int outer = in.enter();
          while (in.hasMore()) {
            int typeTag = in.readTag();
            switch (typeTag) {
              case 1 << 3 | VARINT -> periodType = readString(in);
              case 2 << 3 | VARINT -> periodUnit = readString(in);
              default -> in.skip(typeTag);
            }
          }

          in.leave(outer);
        }
        case 6 << 3 | VARINT -> period = in.readVarint();
        case 7 << 3 | LENGTH_DELIMITED -> readId(in);
        default -> in.skip(tag);
      }
    }
  }

  private int readString(ProtobufCursor in) {
    return TableIndex.read(in, "String", dictionary.strings().size());
  }

  private void readId(ProtobufCursor in) {
    int length = in.readLength();
    int offset = in.position();
    in.seek(offset + length);
    if (length != ID_BYTES) {
      id = null;
      return;
    }

    ByteBuffer bytes = ByteBuffer.wrap(dictionary.export(), offset, length);
    UUID read = new UUID(bytes.getLong(), bytes.getLong());
    boolean isNil = (read.getMostSignificantBits() | read.getLeastSignificantBits()) == 0;
    id = isNil ? null : read;
  }
}
