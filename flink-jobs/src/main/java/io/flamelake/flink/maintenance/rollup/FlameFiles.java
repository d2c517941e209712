/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import io.flamelake.catalog.FlameTable;
import io.flamelake.catalog.PartitionVersion;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableScan;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;

/**
 * Tells which periods the files of a roll-up table cover, from three columns of each. A data file
 * never changes, so each is read once. Not thread-safe.
 */
final class FlameFiles {

  private static final Schema COLUMNS =
      FlameTable.SCHEMA.select(FlameTable.TS, FlameTable.COVERED_SEQUENCE, FlameTable.COVERED_ROWS);

  private final FlamePeriod period;
  private Map<String, FlameFile> byLocation = new HashMap<>();

  FlameFiles(FlamePeriod period) {
    this.period = period;
  }

  /** Returns the files of each tenant and day of the table as it was refreshed. */
  SortedMap<String, SortedMap<Integer, List<FlameFile>>> read(Table flames) throws IOException {
    SortedMap<String, SortedMap<Integer, List<FlameFile>>> tenants = new TreeMap<>();
    Map<String, FlameFile> read = new HashMap<>();
    for (FlameFile file : read(flames, flames.newScan())) {
      if (file.isComplete()) {
        read.put(file.file().location(), file);
      }

      tenants
          .computeIfAbsent(file.file().partition().get(0, String.class), any -> new TreeMap<>())
          .computeIfAbsent(file.file().partition().get(1, Integer.class), any -> new ArrayList<>())
          .add(file);
    }

    byLocation = read;
    return tenants;
  }

  /** Returns the files of one tenant and day. */
  List<FlameFile> read(Table flames, String tenant, int day) throws IOException {
    return read(flames, flames.newScan().filter(isOf(tenant, day)));
  }

  /** Selects the rows, and so the files, of one tenant and day. */
  static Expression isOf(String tenant, int day) {
    return Expressions.and(
        Expressions.equal(FlameTable.TENANT, tenant),
        Expressions.greaterThanOrEqual(FlameTable.TS, FlamePeriod.DAY.startMicros(day)),
        Expressions.lessThan(FlameTable.TS, FlamePeriod.DAY.startMicros(day + 1)));
  }

  private List<FlameFile> read(Table flames, TableScan scan) throws IOException {
    List<FlameFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = scan.planFiles()) {
      for (FileScanTask task : tasks) {
        FlameFile known = byLocation.get(task.file().location());
        FlameFile file = known == null ? read(flames, task.file()) : known;
        files.add(task.deletes().isEmpty() ? file : file.withoutCover());
      }
    }

    return files;
  }

  private FlameFile read(Table flames, DataFile file) throws IOException {
    SortedMap<Integer, PartitionVersion> covered = new TreeMap<>();
    try (CloseableIterable<Record> rows =
        Parquet.read(flames.io().newInputFile(file))
            .project(COLUMNS)
            .createReaderFunc(schema -> GenericParquetReaders.buildReader(COLUMNS, schema))
            .reuseContainers()
            .build()) {
      for (Record row : rows) {
        Instant time = ((OffsetDateTime) row.getField(FlameTable.TS)).toInstant();
        covered.put(
            period.ofTime(ChronoUnit.MICROS.between(Instant.EPOCH, time)),
            new PartitionVersion(
                (long) row.getField(FlameTable.COVERED_SEQUENCE),
                (long) row.getField(FlameTable.COVERED_ROWS)));
      }
    }

    return new FlameFile(file.copy(), covered, true);
  }
}
