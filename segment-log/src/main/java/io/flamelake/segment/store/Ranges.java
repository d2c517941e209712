/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment.store;

/** The one wording of a range that an object does not have. */
final class Ranges {
  private Ranges() {}

  static ObjectStoreException beyondEnd(ObjectKey key, long offset, int length, long size) {
    return ObjectStoreException.failed(
        "Object " + key + " has " + size + " bytes, not " + length + " at " + offset, null);
  }
}
