/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import io.flamelake.flink.sink.ProfileTableRow;
import java.util.HashMap;
import java.util.Map;

/** Remembers which series a condition means, since a series has many rows. Not thread-safe. */
final class SeriesMatches {
  private static final int MAX_REMEMBERED = 100_000;

  private final RowCondition condition;
  private final Map<Series, Boolean> known = new HashMap<>();

  SeriesMatches(RowCondition condition) {
    this.condition = condition;
  }

  private record Series(String type, String service, long id) {}

  /** Whether the row's series is meant, whatever its time. */
  boolean matches(ProfileTableRow row) {
    if (known.size() > MAX_REMEMBERED) {
      known.clear();
    }

    return known.computeIfAbsent(
        new Series(row.profileType(), row.serviceName(), row.seriesId()),
        any -> condition.matches(row.profileType(), row.serviceName(), row.labels()));
  }
}
