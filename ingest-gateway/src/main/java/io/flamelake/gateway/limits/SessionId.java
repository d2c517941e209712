/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.limits;

import org.jspecify.annotations.Nullable;

/** Ids of client sessions: eight bytes, the lowest first, in hexadecimal. */
final class SessionId {

  private static final int DIGITS = 16;

  private SessionId() {}

  /** The id modulo the number of sessions that are kept apart, or null if it is none. */
  static @Nullable String reduce(String id, int sessions) {
    if (id.length() != DIGITS
        || !id.chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128)) {
      return null;
    }

    long number = Long.reverseBytes(Long.parseUnsignedLong(id, 16));
    return "%016x".formatted(Long.reverseBytes(Long.remainderUnsigned(number, sessions)));
  }
}
