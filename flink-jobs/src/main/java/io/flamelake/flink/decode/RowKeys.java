/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.decode;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flamelake.flink.read.RawRecord;
import io.flamelake.model.XxHash64;
import java.util.UUID;

/**
 * Hashes of 64 bits that stand for the identity of a row and for its place in the segment log. Rows
 * are compared within a window of minutes: with a million of them the odds that any two different
 * ones are taken for one are below 1 in 30 million.
 */
final class RowKeys {

  private RowKeys() {}

  static long row(String tenant, UUID profileId, String profileType, long seriesId) {
    long[] lanes = {
      XxHash64.hash(tenant.getBytes(UTF_8), 0),
      profileId.getMostSignificantBits(),
      profileId.getLeastSignificantBits(),
      XxHash64.hash(profileType.getBytes(UTF_8), 0),
      seriesId
    };
    return XxHash64.hash(lanes, 0, lanes.length, 0);
  }

  static long place(RawRecord raw) {
    long[] lanes = {
      XxHash64.hash(raw.segment().lane().value().getBytes(UTF_8), 0),
      raw.segment().sequence(),
      raw.index()
    };
    return XxHash64.hash(lanes, 0, lanes.length, 0);
  }

  /** Series rows are one for each profile type, so their key is of both. */
  static long series(long seriesId, String profileType) {
    return XxHash64.hash(profileType.getBytes(UTF_8), seriesId);
  }
}
