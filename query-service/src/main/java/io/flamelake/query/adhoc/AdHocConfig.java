/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.adhoc;

/**
 * Limits of uploaded profiles.
 *
 * @param maxProfileBytes the largest file, as sent and decompressed
 * @param maxProfilesPerTenant files of one tenant; more are refused
 */
public record AdHocConfig(int maxProfileBytes, int maxProfilesPerTenant) {
  public static final AdHocConfig DEFAULT = new AdHocConfig(16 << 20, 1_000);

  public AdHocConfig {
    if (maxProfileBytes < 1) {
      throw new IllegalArgumentException(
          "maxProfileBytes: " + maxProfileBytes + " (expected: >= 1)");
    }

    if (maxProfilesPerTenant < 1) {
      throw new IllegalArgumentException(
          "maxProfilesPerTenant: " + maxProfilesPerTenant + " (expected: >= 1)");
    }
  }
}
