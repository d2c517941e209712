/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import static org.apache.iceberg.expressions.Expressions.and;
import static org.apache.iceberg.expressions.Expressions.equal;
import static org.apache.iceberg.expressions.Expressions.greaterThanOrEqual;
import static org.apache.iceberg.expressions.Expressions.lessThan;

import io.flamelake.catalog.PartitionVersion;
import io.flamelake.catalog.ProfilesTable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;

/** Which content the hours of one tenant have. */
final class HourVersions {
  private static final int HOURS_PER_DAY = 24;

  private final Map<Integer, PartitionVersion> byHour = new HashMap<>();

  /**
   * Of some days.
   *
   * @param startMicros of the first
   * @param endMicros of the last, exclusive
   */
  HourVersions(Table profiles, String tenant, long startMicros, long endMicros) {
    Map<Integer, List<FileScanTask>> files =
        PartitionFiles.byPeriod(
            profiles,
            and(
                equal(ProfilesTable.TENANT, tenant),
                greaterThanOrEqual(ProfilesTable.TS, startMicros),
                lessThan(ProfilesTable.TS, endMicros)));
    files.forEach((hour, tasks) -> byHour.put(hour, version(tasks)));
  }

  PartitionVersion ofHour(int hour) {
    return byHour.getOrDefault(hour, PartitionVersion.EMPTY);
  }

  PartitionVersion ofDay(int day) {
    PartitionVersion version = PartitionVersion.EMPTY;
    for (int hour = 0; hour < HOURS_PER_DAY; hour++) {
      version = version.plus(ofHour(day * HOURS_PER_DAY + hour));
    }

    return version;
  }

  private static PartitionVersion version(List<FileScanTask> tasks) {
    PartitionVersion version = PartitionVersion.EMPTY;
    Set<String> deletes = new HashSet<>();
    for (FileScanTask task : tasks) {
      version = version.plus(task.file());
      for (DeleteFile delete : task.deletes()) {
        version = deletes.add(delete.location()) ? version.plus(delete) : version;
      }
    }

    return version;
  }
}
