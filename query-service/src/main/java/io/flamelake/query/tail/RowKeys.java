/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.tail;

import io.flamelake.model.ProfileType;
import io.flamelake.model.TenantId;
import io.flamelake.model.XxHash64;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Hashes the identity of a row: (tenant, profile id, profile type, series). 64 bits: among a
 * million recent rows one in 10^13 new ones is taken for a duplicate, and that only until it is
 * committed.
 */
final class RowKeys {
  private static final long SEED = 0;

  private RowKeys() {}

  /** Never 0. */
  static long hash(TenantId tenant, UUID profileId, ProfileType type, long seriesId) {
    return hash(tenant.value(), profileId, type.id(), seriesId);
  }

  /** Never 0. */
  static long hash(String tenant, UUID profileId, String type, long seriesId) {
    long[] parts = {
      hash(tenant),
      profileId.getMostSignificantBits(),
      profileId.getLeastSignificantBits(),
      hash(type),
      seriesId
    };
    long hash = XxHash64.hash(parts, 0, parts.length, SEED);
    return hash == 0 ? 1 : hash;
  }

  private static long hash(String value) {
    return XxHash64.hash(value.getBytes(StandardCharsets.UTF_8), SEED);
  }
}
