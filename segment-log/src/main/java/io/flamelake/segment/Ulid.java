/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import java.security.SecureRandom;
import java.util.regex.Pattern;

/**
 * Universally unique ids that sort by time: 48 bits of milliseconds and 80 random ones, in 26
 * characters of Crockford's base 32. The random part cannot be guessed.
 */
public final class Ulid {
  public static final int LENGTH = 26;

  private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final int TIME_DIGITS = 10;
  private static final Pattern FORM = Pattern.compile("[0-7][0-9A-HJKMNP-TV-Z]{25}");
  private static final SecureRandom RANDOM = new SecureRandom();

  private Ulid() {}

  /** A new id. */
  public static String of(long millis) {
    if (millis < 0 || millis >>> 48 != 0) {
      throw new IllegalArgumentException("millis: " + millis + " (expected: 48 bits)");
    }

    char[] id = new char[LENGTH];
    for (int i = 0; i < TIME_DIGITS; i++) {
      id[i] = DIGITS.charAt((int) (millis >>> (5 * (TIME_DIGITS - 1 - i))) & 31);
    }

    for (int i = TIME_DIGITS; i < LENGTH; i++) {
      id[i] = DIGITS.charAt(RANDOM.nextInt(32));
    }

    return new String(id);
  }

  public static boolean isUlid(String text) {
    return FORM.matcher(text).matches();
  }

  /** When an id was made. */
  public static long millis(String ulid) {
    long millis = 0;
    for (int i = 0; i < TIME_DIGITS; i++) {
      millis = millis << 5 | DIGITS.indexOf(ulid.charAt(i));
    }

    return millis;
  }
}
