/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog.health;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.FlameTable;
import io.flamelake.catalog.PartitionVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Schema;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetReaders;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.parquet.Parquet;

/**
 * What the rows of {@code flame_1h} say besides their trees: which version of which hour they
 * cover, and how many samples each service has. A data file never changes, so each is read once.
 * Not thread-safe.
 */
final class RollUpFiles {
  private static final Schema COLUMNS =
      FlameTable.SCHEMA.select(
          FlameTable.TENANT,
          FlameTable.SERVICE_NAME,
          FlameTable.TS,
          FlameTable.SAMPLES,
          FlameTable.COVERED_SEQUENCE,
          FlameTable.COVERED_ROWS);

  private final Table flame1h;
  private Map<String, List<Row>> byFile = Map.of();

  RollUpFiles(Table flame1h) {
    this.flame1h = requireNonNull(flame1h, "flame1h");
  }

  /** Reads the version of the table as it was refreshed last. */
  void read() {
    Map<String, List<Row>> files = new HashMap<>();
    try (CloseableIterable<FileScanTask> tasks = flame1h.newScan().planFiles()) {
      for (FileScanTask task : tasks) {
        List<Row> known = byFile.get(task.file().location());
        files.put(task.file().location(), known == null ? read(task.file()) : known);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot plan a scan of table " + flame1h.name(), e);
    }

    byFile = files;
  }

  /** The version that the rows of each hour cover, by tenant and hour since the epoch. */
  Map<Partition, PartitionVersion> coveredHours() {
    Map<Partition, PartitionVersion> covered = new HashMap<>();
    byFile
        .values()
        .forEach(
            rows ->
                rows.forEach(row -> covered.put(new Partition(row.tenant, row.hour), row.covered)));
    return covered;
  }

  /** Samples by tenant and service. */
  SortedMap<String, SortedMap<String, Long>> samples() {
    SortedMap<String, SortedMap<String, Long>> samples = new TreeMap<>();
    byFile
        .values()
        .forEach(
            rows ->
                rows.forEach(
                    row ->
                        samples
                            .computeIfAbsent(row.tenant, any -> new TreeMap<>())
                            .merge(row.service, row.samples, Long::sum)));
    return samples;
  }

  private List<Row> read(DataFile file) throws IOException {
    List<Row> rows = new ArrayList<>();
    try (CloseableIterable<Record> records =
        Parquet.read(flame1h.io().newInputFile(file))
            .project(COLUMNS)
            .createReaderFunc(schema -> GenericParquetReaders.buildReader(COLUMNS, schema))
            .reuseContainers()
            .build()) {
      for (Record row : records) {
        long seconds = ((OffsetDateTime) row.getField(FlameTable.TS)).toEpochSecond();
        rows.add(
            new Row(
                (String) row.getField(FlameTable.TENANT),
                (String) row.getField(FlameTable.SERVICE_NAME),
                Math.toIntExact(TimeUnit.SECONDS.toHours(seconds)),
                (long) row.getField(FlameTable.SAMPLES),
                new PartitionVersion(
                    (long) row.getField(FlameTable.COVERED_SEQUENCE),
                    (long) row.getField(FlameTable.COVERED_ROWS))));
      }
    }

    return rows;
  }

  private record Row(
      String tenant, String service, int hour, long samples, PartitionVersion covered) {}
}
