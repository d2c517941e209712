/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.convert;

import io.flamelake.model.DiscardReason;
import io.flamelake.model.pprof.MalformedProfileException;

/** Makes the exceptions for uploads that cannot be read. */
public final class Malformed {

  private static final int MAX_QUOTED_LENGTH = 80;

  private Malformed() {}

  public static MalformedProfileException at(long offset, String message) {
    return of("Byte " + offset + ": " + message);
  }

  public static MalformedProfileException of(String message) {
    return new MalformedProfileException(DiscardReason.MALFORMED_PROFILE, message);
  }

  /** A profile that is over its limit as a pprof. */
  public static MalformedProfileException tooLarge(long maxBytes) {
    return new MalformedProfileException(
        DiscardReason.PROFILE_SIZE_LIMIT,
        "The profile exceeds the size limit as a pprof (max_profile_size_byte, limit: "
            + maxBytes
            + ")");
  }

  /** A value of the upload as messages show it. */
  public static String quote(String value) {
    return value.length() <= MAX_QUOTED_LENGTH
        ? "'" + value + "'"
        : "'" + value.substring(0, MAX_QUOTED_LENGTH) + "…'";
  }
}
