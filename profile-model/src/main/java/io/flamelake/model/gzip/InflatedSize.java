/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.gzip;

/**
 * Counts the bytes that gzip (RFC 1952) inflates to by reading the codes of its deflate blocks (RFC
 * 1951) and copying none of what they stand for: the time it takes depends on the length of the
 * input, not on that of the output.
 *
 * <p>Never fails: counting ends with the last member or at the first damage. It does not look at
 * checksums, nor at how far back a copy reaches.
 */
final class InflatedSize {

  private static final int MAGIC = 0x8B1F;
  private static final int TRAILER_BYTES = 8;
  private static final int FLAG_HEADER_CRC = 1 << 1;
  private static final int FLAG_EXTRA = 1 << 2;
  private static final int FLAG_NAME = 1 << 3;
  private static final int FLAG_COMMENT = 1 << 4;

  private static final int STORED = 0;
  private static final int FIXED = 1;
  private static final int DYNAMIC = 2;

  private static final int END_OF_BLOCK = 256;
  private static final int LENGTH_CODES = 29;
  private static final int DISTANCE_CODES = 30;
  private static final int FIRST_SHORT_LENGTH = 3;
  private static final int LONGEST = 258;

  /** In which order a dynamic block tells the lengths of the codes for lengths of codes. */
  private static final int[] ORDER = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15
  };

  private final BitReader in;
  private long count;

  InflatedSize(byte[] in, int start, int end) {
    this.in = new BitReader(in, start, end);
  }

  /** Counts until it has so many bytes or the stream ends. */
  long countTo(long enough) {
    while (in.hasMore() && count < enough) {
      skipHeader();
      countMember(enough);
      in.skip(TRAILER_BYTES);
    }

    return count;
  }

  private void skipHeader() {
    if (in.readShort() != MAGIC) {
      in.fail();
      return;
    }

    in.skip(1);
    int flags = in.readByte();
    in.skip(6);
    if ((flags & FLAG_EXTRA) != 0) {
      in.skip(in.readShort());
    }

    if ((flags & FLAG_NAME) != 0) {
      skipText();
    }

    if ((flags & FLAG_COMMENT) != 0) {
      skipText();
    }

    if ((flags & FLAG_HEADER_CRC) != 0) {
      in.skip(2);
    }
  }

  private void skipText() {
    while (in.readByte() != 0) {
      // Nothing but its end is of interest.
    }
  }

  private void countMember(long enough) {
    boolean isLast = false;
    while (!isLast && !in.isDamaged() && count < enough) {
      isLast = in.readBit() == 1;
      switch (in.readBits(2)) {
        case STORED -> countStored();
        case FIXED -> countCodes(PrefixCode.FIXED_LITERALS, PrefixCode.FIXED_DISTANCES, enough);
        case DYNAMIC -> countDynamic(enough);
        default -> in.fail();
      }
    }
  }

  private void countStored() {
    int length = in.readShort();
    if ((length ^ in.readShort()) != 0xFFFF) {
      in.fail();
      return;
    }

    in.skip(length);
    if (!in.isDamaged()) {
      count += length;
    }
  }

  private void countDynamic(long enough) {
    int literals = in.readBits(5) + 257;
    int distances = in.readBits(5) + 1;
    int lengths = in.readBits(4) + 4;
    byte[] lengthLengths = new byte[ORDER.length];
    for (int i = 0; i < lengths; i++) {
      lengthLengths[ORDER[i]] = (byte) in.readBits(3);
    }

    PrefixCode lengthCode = PrefixCode.find(lengthLengths, 0, lengthLengths.length);
    byte[] codeLengths = new byte[literals + distances];
    if (lengthCode == null || !readLengths(lengthCode, codeLengths)) {
      in.fail();
      return;
    }

    PrefixCode literalCode = PrefixCode.find(codeLengths, 0, literals);
    PrefixCode distanceCode = PrefixCode.find(codeLengths, literals, distances);
    if (literalCode == null || distanceCode == null) {
      in.fail();
      return;
    }

    countCodes(literalCode, distanceCode, enough);
  }

  private boolean readLengths(PrefixCode code, byte[] lengths) {
    int at = 0;
    while (at < lengths.length && !in.isDamaged()) {
      int symbol = code.read(in);
      if (symbol < 16) {
        lengths[at++] = (byte) symbol;
        continue;
      }

      if (symbol == 16 && at == 0) {
        return false;
      }

      byte repeated = symbol == 16 ? lengths[at - 1] : 0;
      int times =
          switch (symbol) {
            case 16 -> 3 + in.readBits(2);
            case 17 -> 3 + in.readBits(3);
            default -> 11 + in.readBits(7);
          };
      if (times > lengths.length - at) {
        return false;
      }

      for (int i = 0; i < times; i++) {
        lengths[at++] = repeated;
      }
    }

    return !in.isDamaged();
  }

  private void countCodes(PrefixCode literals, PrefixCode distances, long enough) {
    while (count < enough) {
      int symbol = literals.read(in);
      if (in.isDamaged() || symbol == END_OF_BLOCK) {
        return;
      }

      if (symbol < END_OF_BLOCK) {
        count++;
        continue;
      }

      int copied = readCopy(symbol - END_OF_BLOCK - 1, distances);
      if (in.isDamaged()) {
        return;
      }

      count += copied;
    }
  }

  /** Reads the rest of a copy, and returns its length. */
  private int readCopy(int lengthCode, PrefixCode distances) {
    if (lengthCode >= LENGTH_CODES) {
      in.fail();
      return 0;
    }

    int length = copyLength(lengthCode);
    int distance = distances.read(in);
    if (distance >= DISTANCE_CODES) {
      in.fail();
      return 0;
    }

    // How far, in the bits that follow, does not matter.
    in.readBits(Math.max(0, distance / 2 - 1));
    return length;
  }

  /** From the ninth on each four codes have one bit more than the four before them. */
  private int copyLength(int code) {
    if (code == LENGTH_CODES - 1) {
      return LONGEST;
    }

    if (code < 8) {
      return FIRST_SHORT_LENGTH + code;
    }

    int extraBits = code / 4 - 1;
    return FIRST_SHORT_LENGTH + ((4 + code % 4) << extraBits) + in.readBits(extraBits);
  }
}
