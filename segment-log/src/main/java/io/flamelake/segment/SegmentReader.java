/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import io.flamelake.model.TenantId;
import io.flamelake.segment.ByteSource.Malformed;
import io.flamelake.segment.store.ObjectStore;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Turns objects into segments, as docs/segment-format.md says, and refuses what is not one.
 *
 * <p>Every method throws {@link CorruptSegmentException} where a check fails.
 */
public final class SegmentReader {
  /** The footer of a segment of 500 tenants fits; a longer one costs a second request. */
  private static final int FIRST_SUFFIX_LENGTH = 64 * 1024;

  private SegmentReader() {}

  /** Checks a whole object; the segment keeps the array. */
  public static Segment parse(byte[] object, SegmentId id) {
    try {
      Trailer trailer = Trailer.parse(object);
      SegmentFooter footer = parseFooter(object, trailer);
      checkHeader(object, trailer);
      checkEnd(footer, object.length - SegmentFormat.TRAILER_LENGTH - trailer.footerLength());
      for (SegmentFooter.Block block : footer.blocks()) {
        checkBlock(block, object, (int) block.offset());
      }

      return new Segment(id, footer, footer.blocks(), object, 0);
    } catch (Malformed | IllegalArgumentException e) {
      throw new CorruptSegmentException(id, String.valueOf(e.getMessage()));
    }
  }

  /** Reads the index of a segment only. */
  public static SegmentFooter readFooter(ObjectStore store, SegmentId id) {
    byte[] suffix = store.getSuffix(id.key(), FIRST_SUFFIX_LENGTH);
    try {
      Trailer trailer = Trailer.parse(suffix, Integer.MAX_VALUE);
      int wanted = trailer.footerLength() + SegmentFormat.TRAILER_LENGTH;
      if (wanted > suffix.length) {
        suffix = store.getSuffix(id.key(), wanted);
      }

      return parseFooter(suffix, Trailer.parse(suffix));
    } catch (Malformed | IllegalArgumentException e) {
      throw new CorruptSegmentException(id, String.valueOf(e.getMessage()));
    }
  }

  /**
   * Reads one tenant's block by its range.
   *
   * @param footer as {@link #readFooter} returned it for the same segment
   */
  public static Segment readTenant(
      ObjectStore store, SegmentId id, SegmentFooter footer, TenantId tenant) {
    SegmentFooter.Block block = footer.findBlock(tenant);
    if (block == null) {
      return new Segment(id, footer, List.of(), new byte[0], 0);
    }

    byte[] bytes = store.getRange(id.key(), block.offset(), block.length());
    try {
      checkBlock(block, bytes, 0);
    } catch (Malformed e) {
      throw new CorruptSegmentException(id, String.valueOf(e.getMessage()));
    }

    return new Segment(id, footer, List.of(block), bytes, block.offset());
  }

  private static void checkHeader(byte[] object, Trailer trailer) {
    ByteSource header = new ByteSource(object, 0, SegmentFormat.HEADER_LENGTH);
    if (header.readInt() != SegmentFormat.HEADER_MAGIC) {
      throw new Malformed("The header's magic is wrong");
    }

    int version = header.readShort();
    int flags = header.readShort();
    if (version != SegmentFormat.VERSION || flags != trailer.flags()) {
      throw new Malformed("Header and trailer differ: version " + version + ", flags " + flags);
    }
  }

  private static void checkEnd(SegmentFooter footer, int footerStart) {
    long end = SegmentFormat.HEADER_LENGTH;
    for (SegmentFooter.Block block : footer.blocks()) {
      end = block.offset() + block.length();
    }

    if (end != footerStart) {
      throw new Malformed("The blocks end at " + end + ", the footer starts at " + footerStart);
    }
  }

  private static void checkBlock(SegmentFooter.Block block, byte[] bytes, int offset) {
    if (SegmentFormat.crc(bytes, offset, block.length()) != block.crc()) {
      throw new Malformed("The checksum of tenant " + block.tenant().value() + "'s block is wrong");
    }
  }

  private static SegmentFooter parseFooter(byte[] suffix, Trailer trailer) {
    int start = suffix.length - SegmentFormat.TRAILER_LENGTH - trailer.footerLength();
    int covered = trailer.footerLength() + SegmentFormat.TRAILER_LENGTH / 2;
    if (SegmentFormat.crc(suffix, start, covered) != trailer.crc()) {
      throw new Malformed("The footer's checksum is wrong");
    }

    ByteSource source = new ByteSource(suffix, start, trailer.footerLength());
    Map<String, String> attributes = new TreeMap<>();
    int attributeCount = source.readShort();
    for (int i = 0; i < attributeCount; i++) {
      String name = source.readUtf8(source.readShort());
      attributes.put(name, source.readUtf8(source.readShort()));
    }

    List<SegmentFooter.Block> blocks = parseBlocks(source);
    if (source.remaining() > 0) {
      throw new Malformed(source.remaining() + " bytes after the last entry of the footer");
    }

    boolean isSeal = (trailer.flags() & SegmentFormat.FLAG_SEAL) != 0;
    if (isSeal != blocks.isEmpty()) {
      throw new Malformed(
          (isSeal ? "A seal with " : "A segment with ") + blocks.size() + " blocks");
    }

    return new SegmentFooter(isSeal, attributes, blocks);
  }

  private static List<SegmentFooter.Block> parseBlocks(ByteSource source) {
    int count = source.readLength();
    List<SegmentFooter.Block> blocks = new ArrayList<>();
    Set<TenantId> tenants = new HashSet<>();
    long expectedOffset = SegmentFormat.HEADER_LENGTH;
    for (int i = 0; i < count; i++) {
      SegmentFooter.Block block = parseBlock(source);
      if (block.offset() != expectedOffset || !tenants.add(block.tenant())) {
        throw new Malformed("Block " + i + " begins at " + block.offset() + " or is a second one");
      }

      expectedOffset += block.length();
      blocks.add(block);
    }

    return blocks;
  }

  private static SegmentFooter.Block parseBlock(ByteSource source) {
    SegmentFooter.Block block =
        new SegmentFooter.Block(
            new TenantId(source.readUtf8(source.readByte())),
            source.readLong(),
            source.readInt(),
            source.readInt(),
            source.readInt(),
            source.readLong(),
            source.readLong(),
            source.readInt());
    if (block.length() < 1
        || block.uncompressedLength() < 1
        || block.uncompressedLength() > SegmentFormat.MAX_BLOCK_LENGTH
        || block.recordCount() < 1
        || block.minProfileTimeNanos() > block.maxProfileTimeNanos()) {
      throw new Malformed("An impossible entry: " + block);
    }

    return block;
  }

  private record Trailer(int footerLength, int flags, int crc) {

    /** Parses the trailer of an object that holds its whole footer. */
    static Trailer parse(byte[] object) {
      return parse(object, object.length - SegmentFormat.TRAILER_LENGTH);
    }

    static Trailer parse(byte[] suffix, int maxFooterLength) {
      int start = suffix.length - SegmentFormat.TRAILER_LENGTH;
      if (start < SegmentFormat.HEADER_LENGTH) {
        throw new Malformed("An object of " + suffix.length + " bytes is none");
      }

      ByteSource source = new ByteSource(suffix, start, SegmentFormat.TRAILER_LENGTH);
      int footerLength = source.readInt();
      int version = source.readShort();
      int flags = source.readShort();
      int crc = source.readInt();
      if (source.readInt() != SegmentFormat.TRAILER_MAGIC) {
        throw new Malformed("The trailer's magic is wrong");
      }

      if (version != SegmentFormat.VERSION) {
        throw new Malformed(
            "Version " + version + " is not known (expected: " + SegmentFormat.VERSION + ")");
      }

      if ((flags & ~SegmentFormat.FLAG_SEAL) != 0) {
        throw new Malformed("Flags " + flags + " are not known");
      }

      if (footerLength < 0
          || footerLength > maxFooterLength
          || footerLength > SegmentFormat.MAX_BLOCK_LENGTH) {
        throw new Malformed(
            "A footer of " + Integer.toUnsignedString(footerLength) + " bytes is not there");
      }

      return new Trailer(footerLength, flags, crc);
    }
  }
}
