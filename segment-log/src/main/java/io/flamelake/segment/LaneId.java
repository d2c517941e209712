/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import static java.util.Objects.requireNonNull;

import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * The name of a lane: a ULID, 48 bits of time and 80 random ones in Crockford's base 32.
 *
 * <p>The time only makes a listing easier to read; nothing depends on clocks agreeing.
 */
public record LaneId(String value) implements Comparable<LaneId> {
  static final int LENGTH = Ulid.LENGTH;

  private static final long TIME_MASK = (1L << 48) - 1;

  public LaneId {
    requireNonNull(value, "value");
    if (!Ulid.isUlid(value)) {
      throw new IllegalArgumentException("Lane id: " + value + " (expected: a ULID)");
    }
  }

  /** Returns an id that no other lane has. */
  public static LaneId random(Clock clock) {
    return new LaneId(Ulid.of(clock.millis() & TIME_MASK));
  }

  static @Nullable LaneId find(String value) {
    return Ulid.isUlid(value) ? new LaneId(value) : null;
  }

  @Override
  public int compareTo(LaneId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
