/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * What a listing says about a segment.
 *
 * @param storedAt by the clock of the store
 */
public record StoredSegment(SegmentId id, long sizeBytes, Instant storedAt) {
  public StoredSegment {
    requireNonNull(id, "id");
    requireNonNull(storedAt, "storedAt");
  }
}
