/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

/**
 * What is stored of a tenant.
 *
 * @param dataIngested whether there is any profile
 * @param oldestMicros time of the oldest profile in microseconds since the epoch, 0 if none
 * @param newestMicros time of the newest profile in microseconds since the epoch, 0 if none
 */
public record ProfileStats(boolean dataIngested, long oldestMicros, long newestMicros) {
  public static final ProfileStats NONE = new ProfileStats(false, 0, 0);

  /** The stats of one profile. */
  public static ProfileStats of(long timeMicros) {
    return new ProfileStats(true, timeMicros, timeMicros);
  }

  public ProfileStats merge(ProfileStats other) {
    if (!other.dataIngested) {
      return this;
    }

    if (!dataIngested) {
      return other;
    }

    return new ProfileStats(
        true,
        Math.min(oldestMicros, other.oldestMicros),
        Math.max(newestMicros, other.newestMicros));
  }
}
