/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Decodes Parquet's DELTA_BINARY_PACKED integers. */
final class DeltaBinaryPackedDecoder {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** A field of this width may start at any bit of a byte and still end within one long. */
  private static final int MAX_SINGLE_READ_BITS = 57;

  private final byte[] bytes;
  private int position;

  private DeltaBinaryPackedDecoder(byte[] bytes, int position) {
    this.bytes = bytes;
    this.position = position;
  }

  /**
   * Decodes {@code count} values into the beginning of {@code out}.
   *
   * @param bytes has at least {@link PageBuffer#PADDING} readable bytes after the values
   * @param narrow whether the values are 32 bits wide, so that deltas wrap there
   */
  static void decode(byte[] bytes, int start, long[] out, int count, boolean narrow) {
    if (count > 0) {
      new DeltaBinaryPackedDecoder(bytes, start).decode(out, count, narrow);
    }
  }

  private void decode(long[] out, int count, boolean narrow) {
    int blockSize = (int) readVarint();
    int miniBlocks = (int) readVarint();
    int total = (int) readVarint();
    if (total < count || miniBlocks < 1 || blockSize < miniBlocks) {
      throw new IllegalArgumentException(
          "Delta header of " + total + " values (expected: " + count + ")");
    }

    int miniBlockSize = blockSize / miniBlocks;
    long last = readZigZag();
    out[0] = last;
    int decoded = 1;
    while (decoded < count) {
      long minDelta = readZigZag();
      int widths = position;
      position += miniBlocks;
      for (int mini = 0; mini < miniBlocks && decoded < count; mini++) {
        int bitWidth = bytes[widths + mini] & 0xff;
        int size = Math.min(miniBlockSize, count - decoded);
        last = decodeMiniBlock(out, decoded, size, bitWidth, minDelta, last, narrow);
        decoded += size;
        position += miniBlockSize * bitWidth / 8;
      }
    }
  }

  private long decodeMiniBlock(
      long[] out, int offset, int size, int bitWidth, long minDelta, long before, boolean narrow) {
    long last = before;
    if (bitWidth > MAX_SINGLE_READ_BITS || narrow) {
      for (int i = 0; i < size; i++) {
        last += minDelta + readBits((long) i * bitWidth, bitWidth);
        last = narrow ? (int) last : last;
        out[offset + i] = last;
      }

      return last;
    }

    long mask = (1L << bitWidth) - 1;
    int bit = 0;
    for (int i = 0; i < size; i++, bit += bitWidth) {
      long word = (long) LONG.get(bytes, position + (bit >>> 3));
      last += minDelta + ((word >>> (bit & 7)) & mask);
      out[offset + i] = last;
    }

    return last;
  }

  private long readBits(long bit, int bitWidth) {
    if (bitWidth == 0) {
      return 0;
    }

    int at = position + (int) (bit >>> 3);
    int shift = (int) (bit & 7);
    long value = (long) LONG.get(bytes, at) >>> shift;
    if (shift + bitWidth > Long.SIZE) {
      value |= (long) bytes[at + Long.BYTES] << (Long.SIZE - shift);
    }

    return bitWidth == Long.SIZE ? value : value & ((1L << bitWidth) - 1);
  }

  private long readZigZag() {
    long value = readVarint();
    return (value >>> 1) ^ -(value & 1);
  }

  private long readVarint() {
    long value = 0;
    int shift = 0;
    byte part;
    do {
      part = bytes[position++];
      value |= (long) (part & 0x7f) << shift;
      shift += 7;
    } while (part < 0);

    return value;
  }
}
