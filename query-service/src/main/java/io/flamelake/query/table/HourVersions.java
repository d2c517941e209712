/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.table;

import io.flamelake.catalog.PartitionVersion;
import io.flamelake.catalog.ProfilesKept;
import io.flamelake.catalog.ProfilesTable;
import io.flamelake.model.TenantId;
import io.flamelake.query.RollUpCoverage;
import io.flamelake.query.RollUpPeriod;
import io.flamelake.query.TimeRange;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.iceberg.ContentFile;
import org.apache.iceberg.transforms.Transforms;
import org.jspecify.annotations.Nullable;

/**
 * Which content each hour of one tenant has in one version of {@code profiles}, as the table's
 * metadata tells; no data file is opened. What decides whether a roll-up may stand for an hour.
 */
public final class HourVersions {
  private final TimeRange range;
  private final TreeMap<Long, PartitionVersion> versions;

  /** Before this time the roll-ups are all that is left, whatever version they cover. */
  private final long keptFromMicros;

  private HourVersions(
      TimeRange range, TreeMap<Long, PartitionVersion> versions, long keptFromMicros) {
    this.range = range;
    this.versions = versions;
    this.keptFromMicros = keptFromMicros;
  }

  /**
   * The versions of all hours that a range touches; null if there are files whose rows are not all
   * of one tenant and hour, so that nothing can be said.
   */
  public static @Nullable HourVersions find(
      PinnedTable profiles, TenantId tenant, TimeRange range) {
    TreeMap<Long, PartitionVersion> versions = new TreeMap<>();
    for (ContentFile<?> file : profiles.partitionFiles(TenantFilter.of(tenant, range))) {
      String fileTenant =
          profiles.findPartitionValue(
              file, ProfilesTable.TENANT, Transforms.identity(), String.class);
      Integer hour =
          profiles.findPartitionValue(file, ProfilesTable.TS, Transforms.hour(), Integer.class);
      if (fileTenant == null || hour == null) {
        return null;
      }

      PartitionVersion version = versions.getOrDefault((long) hour, PartitionVersion.EMPTY);
      versions.put((long) hour, version.plus(file));
    }

    int keptFromDay = ProfilesKept.fromDay(profiles.properties(), tenant.value());
    long keptFromMicros =
        keptFromDay == ProfilesKept.ALL_DAYS
            ? Long.MIN_VALUE
            : RollUpPeriod.DAY.startMicros(keptFromDay);
    versions.headMap(RollUpPeriod.HOUR.number(keptFromMicros)).clear();
    return new HourVersions(range, versions, keptFromMicros);
  }

  /**
   * The hours and days, of those completely in the range, that are to be answered from roll-ups:
   * these are made of exactly what this version holds, or outlived it.
   */
  public RollUpCoverage coverage(CoveredVersions hours, CoveredVersions days) {
    return new RollUpCoverage(
        versions.navigableKeySet(),
        covered(RollUpPeriod.HOUR, hours),
        covered(RollUpPeriod.DAY, days));
  }

  private NavigableSet<Long> covered(RollUpPeriod period, CoveredVersions rollUps) {
    NavigableSet<Long> covered = new TreeSet<>();
    for (long number : rollUps.numbers()) {
      TimeRange all = period.range(number);
      if (holds(all)
          && (all.endMicros() <= keptFromMicros || rollUps.agreeOn(number, version(all)))) {
        covered.add(number);
      }
    }

    return covered;
  }

  private boolean holds(TimeRange part) {
    return part.startMicros() >= range.startMicros() && part.endMicros() <= range.endMicros();
  }

  private PartitionVersion version(TimeRange part) {
    long firstHour = RollUpPeriod.HOUR.number(part.startMicros());
    long endHour = RollUpPeriod.HOUR.number(part.endMicros());
    PartitionVersion version = PartitionVersion.EMPTY;
    for (PartitionVersion hour : versions.subMap(firstHour, endHour).values()) {
      version = version.plus(hour);
    }

    return version;
  }
}
