/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.gzip;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A prefix code as RFC 1951 has it: all of it follows from how long the code of each symbol is.
 * Codes of one length are consecutive numbers, after those of the shorter lengths.
 */
final class PrefixCode {

  private static final int MAX_LENGTH = 15;

  static final PrefixCode FIXED_LITERALS = fixedLiterals();
  static final PrefixCode FIXED_DISTANCES = fixedDistances();

  /** By length, how many codes have it. */
  private final int[] counts;

  /** By length of their codes, then by symbol. */
  private final short[] symbols;

  private PrefixCode(int[] counts, short[] symbols) {
    this.counts = counts;
    this.symbols = symbols;
  }

  /**
   * Makes a code.
   *
   * @param lengths by symbol from one index on, 0 for symbols without a code
   * @return null if there are not as many codes of these lengths
   */
  static @Nullable PrefixCode find(byte[] lengths, int from, int symbolCount) {
    int[] counts = new int[MAX_LENGTH + 1];
    for (int symbol = 0; symbol < symbolCount; symbol++) {
      counts[lengths[from + symbol]]++;
    }

    counts[0] = 0;
    int[] next = new int[MAX_LENGTH + 2];
    int free = 1;
    for (int length = 1; length <= MAX_LENGTH; length++) {
      free = 2 * free - counts[length];
      if (free < 0) {
        return null;
      }

      next[length + 1] = next[length] + counts[length];
    }

    short[] symbols = new short[symbolCount];
    for (int symbol = 0; symbol < symbolCount; symbol++) {
      int length = lengths[from + symbol];
      if (length > 0) {
        symbols[next[length]++] = (short) symbol;
      }
    }

    return new PrefixCode(counts, symbols);
  }

  /** Reads a symbol; where there is none with such a code, the reader fails. */
  int read(BitReader in) {
    int code = 0;
    int first = 0;
    int index = 0;
    for (int length = 1; length <= MAX_LENGTH; length++) {
      code = code << 1 | in.readBit();
      int count = counts[length];
      if (code - first < count) {
        return symbols[index + code - first];
      }

      index += count;
      first = first + count << 1;
    }

    in.fail();
    return 0;
  }

  private static PrefixCode fixedLiterals() {
    byte[] lengths = new byte[288];
    Arrays.fill(lengths, 0, 144, (byte) 8);
    Arrays.fill(lengths, 144, 256, (byte) 9);
    Arrays.fill(lengths, 256, 280, (byte) 7);
    Arrays.fill(lengths, 280, 288, (byte) 8);
    return requireNonNull(find(lengths, 0, lengths.length), "fixed literals");
  }

  private static PrefixCode fixedDistances() {
    byte[] lengths = new byte[32];
    Arrays.fill(lengths, (byte) 5);
    return requireNonNull(find(lengths, 0, lengths.length), "fixed distances");
  }
}
