/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.flink.maintenance.MaintenanceConfig;
import io.flamelake.flink.maintenance.MaintenanceConfigBuilder;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.commit.RunId;
import io.flamelake.flink.sink.LakeFileReader;
import io.flamelake.flink.sink.LakeFileWriter;
import io.flamelake.flink.sink.LakeTable;
import io.flamelake.flink.sink.RandomRows;
import io.flamelake.flink.sink.RowLayout;
import io.flamelake.flink.sink.StringPool;
import io.flamelake.flink.sink.WrittenFile;
import io.flamelake.flink.source.SegmentLogLocation;
import io.flamelake.segment.store.InMemoryObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.CloseableIterable;

/** A lake with what maintenance needs. */
final class RewriteFixture implements AutoCloseable {

  private final CatalogConfig catalogConfig;
  private final Path temporary;
  private final LakeCatalog catalog;
  private final String run;

  RewriteFixture(Path directory) throws IOException {
    this.catalogConfig = CatalogConfig.embedded(directory.resolve("lake"));
    this.temporary = Files.createDirectories(directory.resolve("temporary"));
    this.catalog = LakeCatalog.open(catalogConfig);
    this.run = RunId.next(Clock.systemUTC(), List.of());
    catalog.tables();
  }

  /** A context in which everything that has ended is closed at once. */
  MaintenanceContext context() {
    return context(config -> config.closedAfter(Duration.ZERO), Clock.systemUTC());
  }

  MaintenanceContext context(UnaryOperator<MaintenanceConfigBuilder> settings, Clock clock) {
    MaintenanceConfigBuilder config =
        MaintenanceConfig.builder(
            catalogConfig,
            new SegmentLogLocation(temporary.resolveSibling("log").toUri().toString(), Map.of()));
    return new MaintenanceContext(
        settings.apply(config).build(), run, catalog, new InMemoryObjectStore(), clock, temporary);
  }

  String run() {
    return run;
  }

  Path temporary() {
    return temporary;
  }

  Table table(LakeTable table) {
    return catalog.iceberg().loadTable(catalog.identifier(table.tableName()));
  }

  /** Writes rows as the ingest job does, in order, and commits them. */
  <R> WrittenFile append(RowLayout<R> layout, List<R> rows) throws IOException {
    List<R> sorted = new ArrayList<>(rows);
    sorted.sort(layout.order());
    return appendAsIs(layout, sorted);
  }

  <R> WrittenFile appendAsIs(RowLayout<R> layout, List<R> rows) throws IOException {
    Table table = table(layout.table());
    WrittenFile file =
        new LakeFileWriter<>(table, layout, 0)
            .write(RandomRows.TENANT, layout.period(rows.get(0)), rows);
    table.newAppend().appendFile(file.toDataFile(table.spec(), table.sortOrder())).commit();
    return file;
  }

  static List<DataFile> files(Table table) throws IOException {
    table.refresh();
    List<DataFile> files = new ArrayList<>();
    try (CloseableIterable<FileScanTask> tasks = table.newScan().planFiles()) {
      tasks.forEach(task -> files.add(task.file()));
    }

    return files;
  }

  static long rows(Table table) throws IOException {
    return files(table).stream().mapToLong(DataFile::recordCount).sum();
  }

  static <R> List<R> read(Table table, RowLayout<R> layout, String location) throws IOException {
    List<R> rows = new ArrayList<>();
    try (LakeFileReader<R> reader =
        LakeFileReader.open(
            table.io().newInputFile(location), table.schema(), layout, new StringPool(10_000))) {
      for (R row = reader.next(); row != null; row = reader.next()) {
        rows.add(row);
      }
    }

    return rows;
  }

  /** Runs what is due until nothing is; returns how many tasks did something. */
  int maintain(MaintenanceContext context) throws Exception {
    CompactionPlanner planner = new CompactionPlanner();
    int done = 0;
    int before = -1;
    while (done != before) {
      before = done;
      context.tables().refresh();
      for (CompactionTask task : planner.plan(context)) {
        done += task.run(context).isEffective() ? 1 : 0;
      }
    }

    return done;
  }

  @Override
  public void close() {
    catalog.close();
  }
}
