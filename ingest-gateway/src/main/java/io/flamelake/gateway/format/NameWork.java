/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.Malformed;

/**
 * How much of names a reader may decode. An upload can refer to one long name from millions of
 * short entries; profilers' uploads stay below ten times their size.
 */
final class NameWork {

  private static final long MAX_BYTES_PER_BYTE = 64;
  private static final long MIN_MAX_BYTES = 1 << 20;

  private long left;

  NameWork(int uploadBytes) {
    this.left = Math.max(MIN_MAX_BYTES, MAX_BYTES_PER_BYTE * uploadBytes);
  }

  /** Counts some more bytes, which are about to be decoded. */
  void take(int bytes) {
    left -= bytes;
    if (left < 0) {
      throw Malformed.of(
          "Names that the upload repeats exceed " + MAX_BYTES_PER_BYTE + " times its size");
    }
  }
}
