/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.loop;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How the last scrape of a target went.
 *
 * @param lastScrape when it began, null before the first
 * @param lastError empty if it went well
 */
public record TargetStatus(
    Health health, @Nullable Instant lastScrape, Duration lastDuration, String lastError) {

  static final TargetStatus UNKNOWN = new TargetStatus(Health.UNKNOWN, null, Duration.ZERO, "");

  /** Whether the target serves what is asked of it. */
  public enum Health {
    /** It was not scraped yet. */
    UNKNOWN,
    /** It served a profile, even where that could not be stored. */
    UP,
    DOWN
  }
}
