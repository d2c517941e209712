/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/** Decodes Parquet's hybrid of run-length and bit-packed values: levels, dictionary indexes. */
final class RleBitPackedDecoder {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private RleBitPackedDecoder() {}

  /**
   * Decodes {@code count} values into the beginning of {@code out}.
   *
   * @param bytes has at least {@link PageBuffer#PADDING} readable bytes after {@code end}
   */
  static void decode(byte[] bytes, int start, int end, int bitWidth, int[] out, int count) {
    if (bitWidth < 0 || bitWidth > 32) {
      throw new IllegalArgumentException("bitWidth: " + bitWidth + " (expected: 0 to 32)");
    }

    if (bitWidth == 0) {
      Arrays.fill(out, 0, count, 0);
      return;
    }

    int runBytes = (bitWidth + 7) >>> 3;
    long mask = (1L << bitWidth) - 1;
    int position = start;
    int decoded = 0;
    while (decoded < count) {
      if (position >= end) {
        throw new IllegalArgumentException(
            "Run-length data ends after " + decoded + " values (expected: " + count + ")");
      }

      int header = 0;
      int shift = 0;
      byte part;
      do {
        part = bytes[position++];
        header |= (part & 0x7f) << shift;
        shift += 7;
      } while (part < 0);

      if ((header & 1) == 0) {
        int run = Math.min(header >>> 1, count - decoded);
        int value = (int) ((long) LONG.get(bytes, position) & ((1L << (8 * runBytes)) - 1));
        position += runBytes;
        Arrays.fill(out, decoded, decoded + run, value);
        decoded += run;
      } else {
        int groups = header >>> 1;
        int packed = (int) Math.min(groups * 8L, count - decoded);
        if (bitWidth == 1) {
          unpackBits(bytes, position, out, decoded, packed);
        } else {
          int bit = 0;
          for (int i = 0; i < packed; i++, bit += bitWidth) {
            long word = (long) LONG.get(bytes, position + (bit >>> 3));
            out[decoded + i] = (int) ((word >>> (bit & 7)) & mask);
          }
        }

        decoded += packed;
        position += groups * bitWidth;
      }
    }
  }

  /** Levels of lists are one bit wide, and there is one for each value. */
  private static void unpackBits(byte[] bytes, int position, int[] out, int offset, int count) {
    int whole = count & ~7;
    for (int i = 0; i < whole; i += 8) {
      int bits = bytes[position + (i >>> 3)];
      int to = offset + i;
      out[to] = bits & 1;
      out[to + 1] = (bits >>> 1) & 1;
      out[to + 2] = (bits >>> 2) & 1;
      out[to + 3] = (bits >>> 3) & 1;
      out[to + 4] = (bits >>> 4) & 1;
      out[to + 5] = (bits >>> 5) & 1;
      out[to + 6] = (bits >>> 6) & 1;
      out[to + 7] = (bits >>> 7) & 1;
    }

    for (int i = whole; i < count; i++) {
      out[offset + i] = (bytes[position + (i >>> 3)] >>> (i & 7)) & 1;
    }
  }
}
