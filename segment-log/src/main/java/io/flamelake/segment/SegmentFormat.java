/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import java.util.zip.CRC32C;

/** The numbers of docs/segment-format.md, version 1. */
final class SegmentFormat {
  static final int VERSION = 1;

  /** {@code FLSG} as a little-endian integer. */
  static final int HEADER_MAGIC = 0x47534c46;

  /** {@code GSLF} as a little-endian integer. */
  static final int TRAILER_MAGIC = 0x464c5347;

  static final int HEADER_LENGTH = 8;
  static final int TRAILER_LENGTH = 16;

  static final int FLAG_SEAL = 1;

  static final int MAX_BLOCK_LENGTH = 1 << 30;
  static final int MIN_RECORD_LENGTH = 16 + 1 + 1 + 8 + 8 + 2 + 4;

  static final int RECORD_FLAG_CLIENT_ID = 1;

  static final String SEAL_LANE = "lane";
  static final String SEAL_SEQUENCE = "sequence";
  static final String SEAL_REASON = "reason";

  private SegmentFormat() {}

  static int crc(byte[] bytes, int offset, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, offset, length);
    return (int) crc.getValue();
  }
}
