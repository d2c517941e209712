/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import io.flamelake.model.DiscardReason;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.ProtobufCursor;

/** Refusals of a whole export, for what cannot be what its sender meant. */
final class Malformed {

  private Malformed() {}

  static MalformedProfileException malformed(String message) {
    return new MalformedProfileException(DiscardReason.MALFORMED_PROFILE, message);
  }

  /**
   * Reads a reference into a table. Index 0 stands for nothing, so it is there in an empty table
   * too.
   *
   * @param table what the entries of the table are called
   */
  static int readIndex(ProtobufCursor in, String table, int size) {
    int at = in.position();
    return checkIndex(in.readVarint(), at, table, size);
  }

  static int checkIndex(long index, int at, String table, int size) {
    if (index < 0 || index >= Math.max(1, size)) {
      throw malformed(
          "%s index %d at byte %d (expected: 0 to %d)"
              .formatted(table, index, at, Math.max(1, size) - 1));
    }

    return (int) index;
  }
}
