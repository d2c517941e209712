/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import java.util.Map;

/**
 * Tells from which UTC day on a tenant's profiles are kept, where its roll-ups are kept for longer.
 *
 * <p>Retention sets the property in the same commit that removes the profiles of the days before
 * it, always whole days. Of these days the roll-ups are all that is left: they are never made
 * again, and are used whatever {@link PartitionVersion} they cover.
 */
public final class ProfilesKept {
  /** Of the properties of table {@code profiles}; the tenant follows. */
  public static final String PROPERTY_PREFIX = "flamelake.profiles-kept-from.";

  /** The day of tenants whose roll-ups are not kept for longer than their profiles. */
  public static final int ALL_DAYS = Integer.MIN_VALUE;

  private ProfilesKept() {}

  /** Returns the name of a tenant's property; its value is a day since the epoch. */
  public static String property(String tenant) {
    return PROPERTY_PREFIX + tenant;
  }

  /**
   * Returns the first day, counted since the epoch, whose profiles are kept, or {@link #ALL_DAYS}.
   *
   * @param properties of table {@code profiles}
   */
  public static int fromDay(Map<String, String> properties, String tenant) {
    String value = properties.get(property(tenant));
    if (value == null) {
      return ALL_DAYS;
    }

    try {
      return Integer.parseInt(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          property(tenant) + ": " + value + " (expected: a day since the epoch)", e);
    }
  }
}
