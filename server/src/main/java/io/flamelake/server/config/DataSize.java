/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes, written {@code 64MiB}, {@code 512KiB}, {@code 1GiB} or {@code 100B}. */
public record DataSize(long bytes) {
  private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*(B|KiB|MiB|GiB|TiB)");

  public DataSize {
    if (bytes < 0) {
      throw new IllegalArgumentException("bytes: " + bytes + " (expected: >= 0)");
    }
  }

  /**
   * @throws IllegalArgumentException if it is not a number with one of the units
   */
  public static DataSize parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("a size like 64MiB (units B, KiB, MiB, GiB, TiB)");
    }

    long unit = 1L << (10 * "BKMGT".indexOf(matcher.group(2).charAt(0)));
    try {
      return new DataSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), unit));
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("a size of less than 8 EiB", e);
    }
  }

  /** The size as an {@code int}, for what is held in one array. */
  public int toIntBytes() {
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("bytes: " + bytes + " (expected: < 2GiB)");
    }

    return (int) bytes;
  }
}
