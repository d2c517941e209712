/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import io.flamelake.model.gzip.BombDetector;
import io.flamelake.rpc.MemoryBudget.Reservation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.GZIPOutputStream;
import java.util.zip.Inflater;

/**
 * Gzip of whole HTTP bodies. The JDK's own stream takes bytes after the last member for its end;
 * here they are an error, as is a body that stops short, and the output grows only as far as the
 * limit and the memory budget allow.
 */
public final class GzipBody {

  /** What {@link #isGzip} looks at. */
  static final int MAGIC_BYTES = 2;

  private static final int HEADER_BYTES = 10;
  private static final int TRAILER_BYTES = 8;
  private static final int FLAG_HEADER_CRC = 0x02;
  private static final int FLAG_EXTRA = 0x04;
  private static final int FLAG_NAME = 0x08;
  private static final int FLAG_COMMENT = 0x10;
  private static final int RESERVED_FLAGS = 0xe0;
  private static final int DEFLATE = 8;
  private static final int MIN_BUFFER_BYTES = 8 * 1024;

  private final byte[] in;
  private final long maxBytes;
  private final Reservation reservation;
  private final BombDetector bombs;
  private byte[] out;
  private int outSize;

  private GzipBody(byte[] in, long maxBytes, Reservation reservation) {
    this.in = in;
    this.maxBytes = maxBytes;
    this.reservation = reservation;
    this.bombs = new BombDetector(in, 0, in.length, maxBytes);
    this.out = new byte[0];
  }

  /**
   * Decompresses one or more gzip members.
   *
   * @throws RpcException {@code invalid_argument} for bad gzip, {@code resource_exhausted} over the
   *     limit
   */
  public static byte[] decompress(byte[] in, long maxBytes, Reservation reservation) {
    return new GzipBody(in, maxBytes, reservation).inflate();
  }

  /** Whether the bytes from a position on begin as a gzip member does. */
  static boolean isGzip(byte[] bytes, int start) {
    return bytes.length - start >= MAGIC_BYTES
        && bytes[start] == 0x1f
        && bytes[start + 1] == (byte) 0x8b;
  }

  static byte[] compress(byte[] in) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(in.length / 2);
    try (GZIPOutputStream gzip = new GZIPOutputStream(out, MIN_BUFFER_BYTES)) {
      gzip.write(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }

    return out.toByteArray();
  }

  private byte[] inflate() {
    checkIsNoBomb(0);
    Inflater inflater = new Inflater(true);
    try {
      int position = 0;
      do {
        position = inflateMember(inflater, position);
      } while (position < in.length);
    } catch (DataFormatException e) {
      throw new RpcException(RpcCode.INVALID_ARGUMENT, "Invalid gzip body: corrupt data", e);
    } finally {
      inflater.end();
    }

    if (outSize > maxBytes) {
      throw RequestBody.tooLarge(maxBytes);
    }

    return outSize == out.length ? out : Arrays.copyOf(out, outSize);
  }

  private int inflateMember(Inflater inflater, int start) throws DataFormatException {
    int position = skipHeader(start);
    inflater.reset();
    inflater.setInput(in, position, in.length - position);
    int memberStart = outSize;
    while (!inflater.finished()) {
      ensureRoom();
      int room = Math.min(out.length - outSize, BombDetector.STEP_BYTES);
      int count = inflater.inflate(out, outSize, room);
      outSize += count;
      checkIsNoBomb(in.length - inflater.getRemaining());
      if (count == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
        throw invalid("it ends early");
      }
    }

    int end = in.length - inflater.getRemaining();
    if (end + TRAILER_BYTES > in.length) {
      throw invalid("it ends early");
    }

    CRC32 crc = new CRC32();
    crc.update(out, memberStart, outSize - memberStart);
    if ((int) crc.getValue() != int32(end) || outSize - memberStart != int32(end + 4)) {
      throw invalid("its checksum does not match");
    }

    return end + TRAILER_BYTES;
  }

  private void checkIsNoBomb(long consumed) {
    if (bombs.isBomb(consumed, outSize)) {
      throw RequestBody.tooLarge(maxBytes);
    }
  }

  private void ensureRoom() {
    if (outSize < out.length) {
      return;
    }

    // One byte more than the limit tells a body of exactly that size from a larger one.
    long wanted = Math.max(MIN_BUFFER_BYTES, Math.max(2L * out.length, 4L * in.length));
    int capacity = (int) Math.min(Math.min(wanted, maxBytes + 1), Integer.MAX_VALUE - 16);
    if (capacity <= out.length) {
      throw RequestBody.tooLarge(maxBytes);
    }

    reservation.grow(capacity - (long) out.length);
    out = Arrays.copyOf(out, capacity);
  }

  private int skipHeader(int start) {
    if (in.length - start < HEADER_BYTES) {
      throw invalid(start == 0 ? "it ends early" : "trailing garbage");
    }

    if (!isGzip(in, start)) {
      throw invalid(start == 0 ? "it does not begin as gzip" : "trailing garbage");
    }

    int flags = in[start + 3] & 0xff;
    if (in[start + 2] != DEFLATE || (flags & RESERVED_FLAGS) != 0) {
      throw invalid("unknown method or flags");
    }

    int position = start + HEADER_BYTES;
    if ((flags & FLAG_EXTRA) != 0) {
      checkAvailable(position, 2);
      position += 2 + ((in[position] & 0xff) | (in[position + 1] & 0xff) << 8);
    }

    if ((flags & FLAG_NAME) != 0) {
      position = skipString(position);
    }

    if ((flags & FLAG_COMMENT) != 0) {
      position = skipString(position);
    }

    if ((flags & FLAG_HEADER_CRC) != 0) {
      position += 2;
    }

    checkAvailable(position, 0);
    return position;
  }

  private int skipString(int start) {
    for (int i = start; i < in.length; i++) {
      if (in[i] == 0) {
        return i + 1;
      }
    }

    throw invalid("it ends early");
  }

  private void checkAvailable(int position, int length) {
    if (position + length > in.length) {
      throw invalid("it ends early");
    }
  }

  private int int32(int position) {
    return (in[position] & 0xff)
        | (in[position + 1] & 0xff) << 8
        | (in[position + 2] & 0xff) << 16
        | (in[position + 3] & 0xff) << 24;
  }

  private static RpcException invalid(String what) {
    return RpcException.invalidArgument("Invalid gzip body: " + what);
  }
}
