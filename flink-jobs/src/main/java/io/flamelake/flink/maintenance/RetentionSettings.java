/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance;

import static java.util.Objects.requireNonNull;

import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where maintenance learns how long data is kept.
 *
 * @param period of tenants of which nothing else is said; zero for ever
 * @param rollUpPeriod of their roll-ups; null for as long as their profiles
 * @param overridesFile what is said of single tenants, read again for each look; empty if there is
 *     none. It has to be where the tasks run
 */
public record RetentionSettings(
    Duration period, @Nullable Duration rollUpPeriod, String overridesFile)
    implements Serializable {

  /** Everything is kept. */
  public static final RetentionSettings FOR_EVER = new RetentionSettings(Duration.ZERO, null, "");

  private static final long serialVersionUID = 1L;

  public RetentionSettings {
    requireNonNull(period, "period");
    requireNonNull(overridesFile, "overridesFile");
  }
}
