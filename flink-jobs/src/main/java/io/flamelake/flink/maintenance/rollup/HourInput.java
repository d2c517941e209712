/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import io.flamelake.catalog.PartitionVersion;
import io.flamelake.catalog.ProfilesTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;

/** The files of table {@code profiles} of one tenant and hour, in one version of the table. */
record HourInput(HourState state, List<DataFile> files) {

  static final HourInput EMPTY = new HourInput(HourState.EMPTY, List.of());

  HourInput {
    files = List.copyOf(files);
  }

  /** Finds the hours of a day that have files, counted since the epoch. */
  static SortedMap<Integer, HourInput> read(Table profiles, String tenant, int day)
      throws IOException {
    SortedMap<Integer, HourInput> hours = new TreeMap<>();
    try (CloseableIterable<FileScanTask> tasks =
        profiles
            .newScan()
            .filter(
                Expressions.and(
                    Expressions.equal(ProfilesTable.TENANT, tenant),
                    Expressions.greaterThanOrEqual(
                        ProfilesTable.TS, FlamePeriod.DAY.startMicros(day)),
                    Expressions.lessThan(ProfilesTable.TS, FlamePeriod.DAY.startMicros(day + 1))))
            .planFiles()) {
      for (FileScanTask task : tasks) {
        int hour = task.file().partition().get(1, Integer.class);
        hours.merge(hour, of(task), HourInput::plus);
      }
    }

    return hours;
  }

  PartitionVersion version() {
    return state.version();
  }

  long bytes() {
    return files.stream().mapToLong(DataFile::fileSizeInBytes).sum();
  }

  private static HourInput of(FileScanTask task) {
    PartitionVersion version = PartitionVersion.EMPTY.plus(task.file());
    for (DeleteFile deletes : task.deletes()) {
      version = version.plus(deletes);
    }

    return new HourInput(
        new HourState(version, !task.deletes().isEmpty()), List.of(task.file().copy()));
  }

  private HourInput plus(HourInput other) {
    List<DataFile> all = new ArrayList<>(files);
    all.addAll(other.files);
    return new HourInput(state.plus(other.state), all);
  }
}
