/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import static java.util.Objects.requireNonNull;

import java.security.SecureRandom;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * The name of a lane: a ULID, 48 bits of time and 80 random ones in Crockford's base 32.
 *
 * <p>The time only makes a listing easier to read; nothing depends on clocks agreeing.
 */
public record LaneId(String value) implements Comparable<LaneId> {
  static final int LENGTH = 26;

  private static final String ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  private static final int TIME_LENGTH = 10;
  private static final long TIME_MASK = (1L << 48) - 1;
  private static final int BITS = 5;
  private static final int MASK = 31;
  private static final SecureRandom RANDOM = new SecureRandom();

  public LaneId {
    requireNonNull(value, "value");
    if (!isUlid(value)) {
      throw new IllegalArgumentException("Lane id: " + value + " (expected: a ULID)");
    }
  }

  /** Returns an id that no other lane has. */
  public static LaneId random(Clock clock) {
    char[] chars = new char[LENGTH];
    long time = clock.millis() & TIME_MASK;
    for (int i = TIME_LENGTH - 1; i >= 0; i--) {
      chars[i] = ALPHABET.charAt((int) (time & MASK));
      time >>>= BITS;
    }

    byte[] random = new byte[LENGTH - TIME_LENGTH];
    RANDOM.nextBytes(random);
    for (int i = 0; i < random.length; i++) {
      chars[TIME_LENGTH + i] = ALPHABET.charAt(random[i] & MASK);
    }

    return new LaneId(new String(chars));
  }

  static @Nullable LaneId find(String value) {
    return isUlid(value) ? new LaneId(value) : null;
  }

  @Override
  public int compareTo(LaneId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }

  private static boolean isUlid(String value) {
    // 26 characters hold 130 bits, two more than a ULID has.
    if (value.length() != LENGTH || value.charAt(0) > '7') {
      return false;
    }

    for (int i = 0; i < LENGTH; i++) {
      if (ALPHABET.indexOf(value.charAt(i)) < 0) {
        return false;
      }
    }

    return true;
  }
}
