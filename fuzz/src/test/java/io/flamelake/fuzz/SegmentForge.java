/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import com.github.luben.zstd.Zstd;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.Segment;
import io.flamelake.segment.SegmentFooter;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;

/** Makes objects of the format of docs/segment-format.md whose checksums are right. */
final class SegmentForge {

  private static final int HEADER_LENGTH = 8;
  private static final int TRAILER_LENGTH = 16;
  private static final int HEADER_MAGIC = 0x47534c46;
  private static final int TRAILER_MAGIC = 0x464c5347;
  private static final short VERSION = 1;
  private static final short SEAL = 1;
  private static final String TENANT = "acme";

  private SegmentForge() {}

  /** What an input is. */
  enum Part {
    /** All of an object, as it is. */
    OBJECT,
    /** All of an object; the footer's checksum is put right. */
    OBJECT_WITHOUT_CHECKSUMS,
    /** A footer behind nothing. */
    FOOTER,
    /** The number of records in a byte, and the uncompressed content of the only block. */
    RECORDS
  }

  static byte[] object(Part part, byte[] bytes) {
    return switch (part) {
      case OBJECT -> bytes;
      case OBJECT_WITHOUT_CHECKSUMS -> withChecksum(bytes);
      case FOOTER -> assemble(new byte[0], bytes, isSeal(bytes) ? SEAL : 0);
      case RECORDS -> ofRecords(bytes);
    };
  }

  /** The footer of an object, without the trailer. */
  static byte[] footer(byte[] object) {
    int end = object.length - TRAILER_LENGTH;
    int length = ByteBuffer.wrap(object).order(ByteOrder.LITTLE_ENDIAN).getInt(end);
    return Arrays.copyOfRange(object, end - length, end);
  }

  /** The first block of an object as an input of the kind {@link Part#RECORDS}. */
  static byte[] records(byte[] object) {
    Segment segment =
        SegmentReader.parse(object, new SegmentId(new LaneId("01JABCDEFGHJKMNPQRSTVWXYZ0"), 0));
    SegmentFooter.Block block = segment.footer().blocks().get(0);
    int start = (int) block.offset();
    byte[] content =
        Zstd.decompress(
            Arrays.copyOfRange(object, start, start + block.length()), block.uncompressedLength());
    return ByteBuffer.allocate(1 + content.length)
        .put((byte) block.recordCount())
        .put(content)
        .array();
  }

  private static boolean isSeal(byte[] footer) {
    // A seal has attributes, and their number comes first.
    return footer.length > 0 && footer[0] != 0;
  }

  private static byte[] ofRecords(byte[] countAndContent) {
    int count = countAndContent.length == 0 ? 0 : countAndContent[0] & 0xff;
    byte[] content =
        Arrays.copyOfRange(
            countAndContent,
            Math.min(1, countAndContent.length),
            Math.max(1, countAndContent.length));
    byte[] block = Zstd.compress(content, 1);
    ByteBuffer footer = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    footer.putShort((short) 0).putInt(1).put((byte) TENANT.length());
    TENANT.chars().forEach(c -> footer.put((byte) c));
    footer
        .putLong(HEADER_LENGTH)
        .putInt(block.length)
        .putInt(content.length)
        .putInt(count)
        .putLong(0)
        .putLong(1)
        .putInt(crc(block, 0, block.length));
    return assemble(block, Arrays.copyOf(footer.array(), footer.position()), (short) 0);
  }

  private static byte[] assemble(byte[] blocks, byte[] footer, short flags) {
    ByteBuffer object =
        ByteBuffer.allocate(HEADER_LENGTH + blocks.length + footer.length + TRAILER_LENGTH)
            .order(ByteOrder.LITTLE_ENDIAN);
    object.putInt(HEADER_MAGIC).putShort(VERSION).putShort(flags).put(blocks).put(footer);
    object.putInt(footer.length).putShort(VERSION).putShort(flags).putInt(0).putInt(TRAILER_MAGIC);
    return withChecksum(object.array());
  }

  private static byte[] withChecksum(byte[] object) {
    int trailer = object.length - TRAILER_LENGTH;
    if (trailer < 0) {
      return object;
    }

    byte[] result = object.clone();
    ByteBuffer buffer = ByteBuffer.wrap(result).order(ByteOrder.LITTLE_ENDIAN);
    int footerLength = buffer.getInt(trailer);
    if (footerLength >= 0 && footerLength <= trailer) {
      int covered = footerLength + TRAILER_LENGTH / 2;
      buffer.putInt(trailer + 8, crc(result, trailer - footerLength, covered));
    }

    return result;
  }

  private static int crc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
