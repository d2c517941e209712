/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.pprof;

import static io.flamelake.model.pprof.MalformedProfileException.malformed;

import io.flamelake.model.DiscardReason;
import io.flamelake.model.gzip.BombDetector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Takes the gzip layer off a pprof, whose magic decides whether there is one (no pprof begins with
 * it). Several members in a row are one stream, as gzip has it; a stream that is cut short, is
 * followed by anything else or holds gzip again is refused.
 *
 * <p>Memory: at most the limit in chunks while inflating and the limit again for the result. A bomb
 * is refused before it has come so far.
 */
public final class PprofGzip {

  private static final int MAGIC_1 = 0x1F;
  private static final int MAGIC_2 = 0x8B;
  private static final int DEFLATE = 8;
  private static final int HEADER_BYTES = 10;
  private static final int TRAILER_BYTES = 8;

  private static final int FLAG_HEADER_CRC = 1 << 1;
  private static final int FLAG_EXTRA = 1 << 2;
  private static final int FLAG_NAME = 1 << 3;
  private static final int FLAG_COMMENT = 1 << 4;
  private static final int RESERVED_FLAGS = 0xE0;

  /** Deflate cannot expand further than this, so a trailer that promises more lies. */
  private static final long MAX_EXPANSION = 1032;

  private static final int MIN_CHUNK_BYTES = 16 << 10;
  private static final int MAX_CHUNK_BYTES = 1 << 20;

  private final byte[] in;
  private final int start;
  private final int end;
  private final long maxBytes;
  private final BombDetector bombs;
  private int position;

  private final List<byte[]> fullChunks = new ArrayList<>();
  private byte[] chunk;
  private int chunkSize;
  private long total;

  private PprofGzip(byte[] in, int offset, int length, long maxBytes) {
    this.in = in;
    this.start = offset;
    this.position = offset;
    this.end = offset + length;
    this.maxBytes = maxBytes;
    this.bombs = new BombDetector(in, offset, length, maxBytes);
    checkIsNoBomb(0);
    this.chunk = new byte[firstChunkBytes(offset, length)];
  }

  public static byte[] decompress(byte[] in, long maxBytes) {
    return decompress(in, 0, in.length, maxBytes);
  }

  /**
   * Returns the pprof itself.
   *
   * @return a new array, or {@code in} itself where all of it was asked for and it is not gzip
   * @throws MalformedProfileException if the gzip stream is damaged, or the content longer than
   *     {@code maxBytes}
   */
  public static byte[] decompress(byte[] in, int offset, int length, long maxBytes) {
    Objects.checkFromIndexSize(offset, length, in.length);
    if (maxBytes <= 0) {
      throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: > 0)");
    }

    if (isGzip(in, offset, length)) {
      return new PprofGzip(in, offset, length, maxBytes).inflateAll();
    }

    if (length > maxBytes) {
      throw tooLarge(maxBytes);
    }

    return length == in.length ? in : Arrays.copyOfRange(in, offset, offset + length);
  }

  public static boolean isGzip(byte[] in, int offset, int length) {
    return length >= 2 && (in[offset] & 0xFF) == MAGIC_1 && (in[offset + 1] & 0xFF) == MAGIC_2;
  }

  /**
   * The size of a pprof before compression as its last trailer tells it, without a look at the
   * rest: exact for a stream of one member, less for several, and whatever a liar wrote.
   */
  public static long statedSize(byte[] in) {
    return isGzip(in, 0, in.length) ? statedSize(in, 0, in.length) : in.length;
  }

  private static long statedSize(byte[] in, int offset, int length) {
    return length < HEADER_BYTES + TRAILER_BYTES
        ? 0
        : Math.min(uint32(in, offset + length - 4), length * MAX_EXPANSION);
  }

  /** Often that of the whole content, which is not copied then. */
  private int firstChunkBytes(int offset, int length) {
    long stated = Math.min(maxBytes, statedSize(in, offset, length));
    return (int) Math.min(Integer.MAX_VALUE - 8, Math.max(1, stated));
  }

  private byte[] inflateAll() {
    Inflater inflater = new Inflater(true);
    try {
      do {
        readHeader();
        inflateMember(inflater);
        inflater.reset();
      } while (position < end);
    } finally {
      inflater.end();
    }

    byte[] content = join();
    if (isGzip(content, 0, content.length)) {
      throw malformed("Gzip within gzip: a pprof is compressed once");
    }

    return content;
  }

  private void readHeader() {
    int header = position;
    require(HEADER_BYTES);
    if ((in[header] & 0xFF) != MAGIC_1 || (in[header + 1] & 0xFF) != MAGIC_2) {
      throw malformed("Trailing garbage after the gzip stream: " + (end - header) + " bytes");
    }

    int flags = in[header + 3] & 0xFF;
    if (in[header + 2] != DEFLATE || (flags & RESERVED_FLAGS) != 0) {
      throw malformed(
          "Unknown gzip method " + (in[header + 2] & 0xFF) + " or flags 0x" + hex(flags));
    }

    position += HEADER_BYTES;
    if ((flags & FLAG_EXTRA) != 0) {
      require(2);
      int length = uint16(position);
      position += 2;
      require(length);
      position += length;
    }

    if ((flags & FLAG_NAME) != 0) {
      skipString();
    }

    if ((flags & FLAG_COMMENT) != 0) {
      skipString();
    }

    if ((flags & FLAG_HEADER_CRC) != 0) {
      require(2);
      CRC32 crc = new CRC32();
      crc.update(in, header, position - header);
      if ((crc.getValue() & 0xFFFF) != uint16(position)) {
        throw malformed("Gzip header checksum does not match");
      }

      position += 2;
    }
  }

  private void skipString() {
    do {
      require(1);
    } while (in[position++] != 0);
  }

  private void inflateMember(Inflater inflater) {
    CRC32 crc = new CRC32();
    long memberBytes = 0;
    inflater.setInput(in, position, end - position);
    try {
      while (!inflater.finished()) {
        if (chunkSize == chunk.length && !atLimit()) {
          nextChunk();
        }

        int count = atLimit() ? probe(inflater) : inflateInto(inflater, crc);
        memberBytes += count;
        checkIsNoBomb(end - inflater.getRemaining() - start);
        if (count == 0 && !inflater.finished()) {
          throw truncated();
        }
      }
    } catch (DataFormatException e) {
      throw malformed("Damaged gzip stream: " + e.getMessage());
    }

    position = end - inflater.getRemaining();
    require(TRAILER_BYTES);
    if (uint32(position) != crc.getValue()) {
      throw malformed("Gzip checksum does not match");
    }

    if (uint32(position + 4) != (memberBytes & 0xFFFFFFFFL)) {
      throw malformed(
          "Gzip length does not match: " + uint32(position + 4) + ", actual: " + memberBytes);
    }

    position += TRAILER_BYTES;
  }

  private int inflateInto(Inflater inflater, CRC32 crc) throws DataFormatException {
    long room = Math.min(chunk.length - chunkSize, maxBytes - total);
    int count = inflater.inflate(chunk, chunkSize, (int) Math.min(room, BombDetector.STEP_BYTES));
    crc.update(chunk, chunkSize, count);
    chunkSize += count;
    total += count;
    return count;
  }

  private void checkIsNoBomb(long consumed) {
    if (bombs.isBomb(consumed, total)) {
      throw tooLarge(maxBytes);
    }
  }

  /** At the limit only the end of the stream may follow; one more byte tells. */
  private int probe(Inflater inflater) throws DataFormatException {
    if (inflater.inflate(new byte[1]) > 0) {
      throw tooLarge(maxBytes);
    }

    return 0;
  }

  private boolean atLimit() {
    return total == maxBytes;
  }

  private void nextChunk() {
    fullChunks.add(chunk);
    long wanted = Math.max(MIN_CHUNK_BYTES, Math.min(MAX_CHUNK_BYTES, total));
    chunk = new byte[(int) Math.min(wanted, maxBytes - total)];
    chunkSize = 0;
  }

  private byte[] join() {
    if (fullChunks.isEmpty() && chunkSize == chunk.length) {
      return chunk;
    }

    byte[] joined = new byte[Math.toIntExact(total)];
    int at = 0;
    for (byte[] full : fullChunks) {
      System.arraycopy(full, 0, joined, at, full.length);
      at += full.length;
    }

    System.arraycopy(chunk, 0, joined, at, chunkSize);
    return joined;
  }

  private void require(int count) {
    if (count > end - position) {
      throw truncated();
    }
  }

  private int uint16(int at) {
    return uint16(in, at);
  }

  private long uint32(int at) {
    return uint32(in, at);
  }

  private static int uint16(byte[] in, int at) {
    return in[at] & 0xFF | (in[at + 1] & 0xFF) << 8;
  }

  private static long uint32(byte[] in, int at) {
    return uint16(in, at) | (long) uint16(in, at + 2) << 16;
  }

  private static String hex(int value) {
    return Integer.toHexString(value);
  }

  private static MalformedProfileException truncated() {
    return malformed("Gzip stream is cut short");
  }

  private static MalformedProfileException tooLarge(long maxBytes) {
    return new MalformedProfileException(
        DiscardReason.PROFILE_SIZE_LIMIT,
        "Uncompressed profile payload size exceeds limit of " + maxBytes + " bytes");
  }
}
