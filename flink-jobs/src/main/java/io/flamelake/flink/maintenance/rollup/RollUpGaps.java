/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import io.flamelake.catalog.LakeTables;
import io.flamelake.catalog.PartitionVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the roll-ups of one tenant and UTC day lack of its profiles, or still have of profiles that
 * are gone.
 *
 * @param hours of the day, 0 to 23, whose rows are missing or of another version
 * @param isDayMissing whether there is no row, or one of another version, of the day as a whole
 */
public record RollUpGaps(List<Integer> hours, boolean isDayMissing) {

  public RollUpGaps {
    hours = List.copyOf(hours);
  }

  /** Compares a day of {@code profiles} with its roll-ups, in the tables as they were refreshed. */
  public static RollUpGaps find(LakeTables tables, String tenant, int day) throws IOException {
    SortedMap<Integer, HourInput> profiles = HourInput.read(tables.profiles(), tenant, day);
    SortedMap<Integer, Coverage> hours =
        Coverage.byPeriod(FlameDay.read(FlamePeriod.HOUR, tables.flame1h(), tenant, day).files());
    SortedSet<Integer> all = new TreeSet<>(profiles.keySet());
    all.addAll(hours.keySet());
    PartitionVersion version = PartitionVersion.EMPTY;
    List<Integer> gaps = new ArrayList<>();
    for (int hour : all) {
      PartitionVersion ofHour = profiles.getOrDefault(hour, HourInput.EMPTY).version();
      version = version.plus(ofHour);
      if (!Coverage.isUpToDate(hours.get(hour), ofHour)) {
        gaps.add(hour - FlamePeriod.HOURS_PER_DAY * day);
      }
    }

    SortedMap<Integer, Coverage> days =
        Coverage.byPeriod(FlameDay.read(FlamePeriod.DAY, tables.flame1d(), tenant, day).files());
    return new RollUpGaps(gaps, !Coverage.isUpToDate(days.get(day), version));
  }

  public boolean isEmpty() {
    return hours.isEmpty() && !isDayMissing;
  }

  /** For people: what there is no roll-up of. */
  @Override
  public String toString() {
    if (hours.isEmpty()) {
      return isDayMissing ? "the day as a whole" : "nothing";
    }

    return "hours " + hours;
  }
}
