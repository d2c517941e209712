/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment.store;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/** What a listing says about one object. */
public record ObjectInfo(ObjectKey key, long sizeBytes, Instant lastModified) {
  public ObjectInfo {
    requireNonNull(key, "key");
    requireNonNull(lastModified, "lastModified");
  }
}
