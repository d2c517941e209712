/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.Malformed;
import java.nio.ByteBuffer;

/**
 * The head of a chunk: a file is one or more of them, each complete in itself.
 *
 * @param start where it begins in the file
 * @param end where it ends
 * @param constants where the last of its events with constant pools begins
 * @param metadata where the event begins that declares its types
 */
record JfrChunk(int start, int end, int constants, int metadata, long ticksPerSecond) {

  static final int HEADER_BYTES = 68;

  private static final int MAGIC = 'F' << 24 | 'L' << 16 | 'R' << 8;
  private static final int MAJOR_VERSION = 2;
  private static final int COMPRESSED_INTEGERS = 1;
  private static final double NANOS_PER_SECOND = 1e9;

  /**
   * Reads the head of the chunk that begins at {@code start}.
   *
   * @throws io.flamelake.model.pprof.MalformedProfileException if it is not one, or if the file
   *     ends before the chunk does
   */
  static JfrChunk read(byte[] file, int start) {
    int available = file.length - start;
    if (available < HEADER_BYTES) {
      throw Malformed.at(
          start, "A chunk of " + available + " bytes (expected: at least " + HEADER_BYTES + ")");
    }

    ByteBuffer header = ByteBuffer.wrap(file, start, HEADER_BYTES).slice();
    if (header.getInt(0) != MAGIC) {
      throw Malformed.at(start, "No JFR chunk: " + Integer.toHexString(header.getInt(0)));
    }

    int version = header.getShort(4);
    if (version != MAJOR_VERSION) {
      throw Malformed.at(start, "JFR version " + version + " (expected: " + MAJOR_VERSION + ")");
    }

    long size = header.getLong(8);
    if (size < HEADER_BYTES || size > available) {
      throw Malformed.at(
          start,
          "A chunk of "
              + size
              + " bytes (expected: "
              + HEADER_BYTES
              + ".."
              + available
              + "): the recording is not finished, or was cut");
    }

    if ((header.getInt(64) & COMPRESSED_INTEGERS) == 0) {
      throw Malformed.at(start, "Integers of fixed size (expected: compressed ones)");
    }

    long ticksPerSecond = header.getLong(56);
    if (ticksPerSecond <= 0) {
      throw Malformed.at(start, "Ticks a second: " + ticksPerSecond + " (expected: > 0)");
    }

    return new JfrChunk(
        start,
        start + (int) size,
        start + offset("constant pool", start, size, header.getLong(16)),
        start + offset("metadata", start, size, header.getLong(24)),
        ticksPerSecond);
  }

  long nanos(long ticks) {
    return (long) (ticks / (ticksPerSecond / NANOS_PER_SECOND));
  }

  private static int offset(String what, int start, long size, long offset) {
    if (offset < HEADER_BYTES || offset >= size) {
      throw Malformed.at(
          start,
          "Offset of the "
              + what
              + ": "
              + offset
              + " (expected: "
              + HEADER_BYTES
              + ".."
              + (size - 1)
              + ")");
    }

    return (int) offset;
  }
}
