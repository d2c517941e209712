/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.Selector;
import io.flamelake.model.TenantId;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A request to delete, and how far it has come. Immutable.
 *
 * @param id a ULID
 * @param selector what is to be deleted, as {@link Selector} reads it; null once all is done, since
 *     it says what must not be there any more
 * @param profileType null for all types, and once all is done
 * @param fromMicros inclusive
 * @param toMicros exclusive; not after the time of acceptance
 * @param lanes the last segment that each lane had at acceptance: what was pushed before the
 *     request is in them
 * @param progress how far it has come
 */
public record DeletionRequest(
    String id,
    TenantId tenant,
    @Nullable String selector,
    @Nullable String profileType,
    long fromMicros,
    long toMicros,
    Instant acceptedAt,
    SortedMap<String, Long> lanes,
    DeletionProgress progress) {

  public DeletionRequest {
    requireNonNull(id, "id");
    requireNonNull(tenant, "tenant");
    requireNonNull(acceptedAt, "acceptedAt");
    requireNonNull(progress, "progress");
    lanes = Collections.unmodifiableSortedMap(new TreeMap<>(lanes));
    if (fromMicros >= toMicros) {
      throw new IllegalArgumentException(
          "from: " + fromMicros + " (expected: before to, " + toMicros + ")");
    }
  }

  /**
   * Returns which rows are meant.
   *
   * @throws IllegalStateException if all is done, when nobody knows any more
   */
  RowCondition condition() {
    if (selector == null) {
      throw new IllegalStateException("Deletion " + id + " is done and has no selector");
    }

    return new RowCondition(Selector.parse(selector), profileType, fromMicros, toMicros);
  }

  DeletionRequest with(DeletionProgress newProgress) {
    return new DeletionRequest(
        id, tenant, selector, profileType, fromMicros, toMicros, acceptedAt, lanes, newProgress);
  }

  /** What is kept for ever: no name, no value. */
  DeletionRequest withoutMatchers() {
    return new DeletionRequest(
        id, tenant, null, null, fromMicros, toMicros, acceptedAt, new TreeMap<>(), progress);
  }
}
