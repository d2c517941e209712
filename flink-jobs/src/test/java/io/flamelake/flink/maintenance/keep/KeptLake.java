/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.LakeTables;
import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.flink.maintenance.MaintenanceConfig;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.TaskPlanner;
import io.flamelake.flink.maintenance.TaskResult;
import io.flamelake.flink.maintenance.commit.RunId;
import io.flamelake.flink.sink.CommitRetry;
import io.flamelake.flink.sink.LakeTable;
import io.flamelake.flink.source.SegmentLogLocation;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.segment.Lane;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.SegmentWriter;
import io.flamelake.segment.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.io.PositionOutputStream;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.iceberg.io.SupportsPrefixOperations;

/**
 * Tables and a segment log that maintenance keeps in order. Data files are lines of text, which is
 * enough to see whether they are there and what they hold.
 */
final class KeptLake implements AutoCloseable {

  static final int HOUR = 490_000;

  private static final CommitRetry QUICK =
      new CommitRetry(Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofSeconds(30));

  private final Path directory;
  private final MaintenanceConfig config;
  private final LakeCatalog catalog;
  private final ObjectStore store;
  private final SegmentLog log;
  private int names;

  /** On the local disk, with a history of {@code snapshotAge}. */
  KeptLake(Path directory, Duration snapshotAge) {
    this(
        directory,
        CatalogConfig.embedded(directory),
        new SegmentLogLocation(
            directory.resolve("objects").toUri().toString(),
            Map.of("local.durability", "page-cache")),
        snapshotAge);
  }

  KeptLake(
      Path directory,
      CatalogConfig catalogConfig,
      SegmentLogLocation location,
      Duration snapshotAge) {
    this.directory = directory;
    this.config =
        MaintenanceConfig.builder(catalogConfig, location)
            .duplicateWindow(Duration.ZERO)
            .snapshotAge(snapshotAge)
            .commitRetry(QUICK)
            .build();
    this.catalog = LakeCatalog.open(catalogConfig);
    this.store = location.openStore();
    this.log = new SegmentLog(store);
    catalog.tables();
  }

  SegmentLog log() {
    return log;
  }

  ObjectStore store() {
    return store;
  }

  Table table(LakeTable table) {
    return table.in(catalog.tables());
  }

  /** Returns what a new run works with, whose clock is ahead. */
  MaintenanceContext newRun(Duration ahead) {
    return context(RunId.next(Clock.systemUTC(), tables()), ahead);
  }

  MaintenanceContext newRun() {
    return newRun(Duration.ZERO);
  }

  MaintenanceContext context(String run, Duration ahead) {
    Clock clock = Clock.offset(Clock.systemUTC(), ahead);
    return new MaintenanceContext(config, run, catalog, store, clock, directory);
  }

  /** Does everything that a planner finds due, as a job would. */
  static TaskResult run(TaskPlanner planner, MaintenanceContext context) throws Exception {
    TaskResult sum = TaskResult.NOTHING;
    context.tables().refresh();
    for (MaintenanceTask task : planner.plan(context)) {
      sum = sum.plus(task.run(context));
    }

    return sum;
  }

  /** Writes a data file of lines, which no snapshot refers to. */
  DataFile write(LakeTable table, String name, String tenant, int period, Collection<String> lines)
      throws IOException {
    Table iceberg = table(table);
    PartitionData partition = new PartitionData(iceberg.spec().partitionType());
    partition.set(0, tenant);
    partition.set(1, period);
    String location = iceberg.locationProvider().newDataLocation(iceberg.spec(), partition, name);
    byte[] content = String.join("\n", lines).getBytes(UTF_8);
    try (PositionOutputStream out = iceberg.io().newOutputFile(location).create()) {
      out.write(content);
    }

    return DataFiles.builder(iceberg.spec())
        .withPath(location)
        .withFormat("parquet")
        .withFileSizeInBytes(content.length)
        .withRecordCount(lines.size())
        .withPartition(partition)
        .build();
  }

  /** The name of a file as the ingest job gives it. */
  static String ingestName() {
    return "00000-" + UUID.randomUUID() + ".parquet";
  }

  /** The name of a file as a run of maintenance gives it. */
  static String nameOf(String run) {
    return "sorted-" + run + "-" + UUID.randomUUID() + ".parquet";
  }

  /** Commits files and the watermark of a lane, as the ingest job does. */
  void commit(LakeTable table, List<DataFile> files, LaneId lane, long sequence) {
    Transaction transaction = table(table).newTransaction();
    AppendFiles append = transaction.newAppend();
    files.forEach(append::appendFile);
    append.set(LaneWatermarks.SUMMARY_PROPERTY, lane + "=" + sequence);
    append.commit();
    transaction
        .updateProperties()
        .set(LaneWatermarks.PROPERTY_PREFIX + lane, Long.toString(sequence))
        .commit();
    transaction.commitTransaction();
  }

  /** Writes and commits one file with one line to {@code profiles}; returns its location. */
  String append(String tenant, int hour) throws IOException {
    String line = "line " + names++;
    DataFile file = write(LakeTable.PROFILES, ingestName(), tenant, hour, List.of(line));
    table(LakeTable.PROFILES).newAppend().appendFile(file).commit();
    return file.location();
  }

  /** Opens a lane that began some time ago. */
  Lane openLane(Duration ago) {
    return Lane.open(store, Clock.offset(Clock.systemUTC(), ago.negated()));
  }

  SegmentId appendSegment(Lane lane) {
    SegmentWriter writer = new SegmentWriter();
    writer.add(
        new TenantId("t"),
        SegmentRecord.builder()
            .receiveTimeNanos(1)
            .profileTimeNanos(1)
            .labels(LabelSet.of("service_name", "s"))
            .payload(new byte[] {1})
            .generatedId(new UUID(0, names++))
            .build());
    return lane.append(writer.finish());
  }

  /** Makes every file that is there look older than it is. */
  void age(Duration by) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Instant time = Files.getLastModifiedTime(file).toInstant().minus(by);
        Files.setLastModifiedTime(file, FileTime.from(time));
      }
    }
  }

  /** All files in a table's directories. */
  Set<String> files(LakeTable table) {
    Table iceberg = table(table);
    Set<String> locations = new TreeSet<>();
    ((SupportsPrefixOperations) iceberg.io())
        .listPrefix(iceberg.location() + "/")
        .forEach(file -> locations.add(file.location()));
    return locations;
  }

  /** The files in a table's directories that neither a snapshot nor the catalog knows. */
  Set<String> orphans(LakeTable table) throws IOException {
    Table iceberg = table(table);
    TableMetadata metadata = ((HasTableOperations) iceberg).operations().current();
    Set<String> orphans = files(table);
    orphans.remove(metadata.metadataFileLocation());
    metadata.previousFiles().forEach(entry -> orphans.remove(entry.file()));
    for (Snapshot snapshot : iceberg.snapshots()) {
      orphans.remove(snapshot.manifestListLocation());
      snapshot.allManifests(iceberg.io()).forEach(manifest -> orphans.remove(manifest.path()));
      orphans.removeAll(dataFiles(table, snapshot.snapshotId()));
    }

    return orphans;
  }

  /** The locations of a snapshot's data files. */
  Set<String> dataFiles(LakeTable table, long snapshot) throws IOException {
    Set<String> locations = new TreeSet<>();
    try (CloseableIterable<FileScanTask> tasks =
        table(table).newScan().useSnapshot(snapshot).planFiles()) {
      tasks.forEach(task -> locations.add(task.file().location()));
    }

    return locations;
  }

  /** The lines of a snapshot's files, in order; fails if a file is missing. */
  List<String> lines(LakeTable table, long snapshot) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String location : dataFiles(table, snapshot)) {
      lines.addAll(linesOf(table, location));
    }

    lines.sort(null);
    return lines;
  }

  List<String> linesOf(LakeTable table, String location) throws IOException {
    try (SeekableInputStream in = table(table).io().newInputFile(location).newStream()) {
      return new String(in.readAllBytes(), UTF_8).lines().toList();
    }
  }

  @Override
  public void close() {
    catalog.close();
    store.close();
  }

  private List<Table> tables() {
    LakeTables tables = catalog.tables();
    return Stream.of(LakeTable.values()).map(table -> table.in(tables)).toList();
  }
}
