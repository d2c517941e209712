/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import io.flamelake.gateway.convert.Malformed;
import io.flamelake.model.pprof.ProtobufCursor;

/**
 * References into a table of the dictionary. Index 0 stands for nothing, so it is there in an empty
 * table too.
 */
final class TableIndex {

  private TableIndex() {}

  /**
   * Reads one.
   *
   * @param table what the entries of the table are called
   */
  static int read(ProtobufCursor in, String table, int size) {
    int at = in.position();
    return check(in.readVarint(), at, table, size);
  }

  static int check(long index, int at, String table, int size) {
    if (index < 0 || index >= Math.max(1, size)) {
      throw Malformed.of(
          "%s index %d at byte %d (expected: 0 to %d)"
              .formatted(table, index, at, Math.max(1, size) - 1));
    }

    return (int) index;
  }
}
