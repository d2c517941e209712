/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.LakeTables;
import io.flamelake.catalog.ProfilesTable;
import io.flamelake.catalog.SeriesTable;
import io.flamelake.catalog.StacksTable;
import io.flamelake.model.Label;
import io.flamelake.query.TableWriter;
import io.flamelake.query.TestProfile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.MetricsConfig;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.parquet.ParquetSchemaUtil;
import org.apache.iceberg.parquet.ParquetUtil;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;

/** Real tables in a directory, filled with files of a layout. */
public final class LakeFixture implements AutoCloseable {
  private final LakeCatalog catalog;
  private final LakeTables tables;

  public LakeFixture(Path directory) {
    this.catalog = LakeCatalog.open(CatalogConfig.embedded(directory));
    this.tables = catalog.tables();
  }

  public LakeTables tables() {
    return tables;
  }

  LakeCatalog catalog() {
    return catalog;
  }

  /** Commits the profiles with their stacks and series in one commit per table. */
  public void append(List<TestProfile> profiles, FileLayout layout) throws IOException {
    append(tables.stacks(), stackRows(profiles), layout);
    append(tables.series(), seriesRows(profiles), layout);
    append(tables.profiles(), profileRows(profiles), layout);
  }

  /** Commits rows to one table. */
  static void append(Table table, List<Record> rows, FileLayout layout) throws IOException {
    AppendFiles append = table.newAppend();
    for (Map.Entry<PartitionKey, List<Record>> partition :
        TableWriter.byPartition(table, rows).entrySet()) {
      append.appendFile(write(table, partition.getKey(), partition.getValue(), layout));
    }

    append.commit();
  }

  private static DataFile write(
      Table table, PartitionKey partition, List<Record> rows, FileLayout layout)
      throws IOException {
    if (layout == FileLayout.ICEBERG) {
      return TableWriter.write(table, partition, rows);
    }

    String location =
        table
            .locationProvider()
            .newDataLocation(table.spec(), partition, UUID.randomUUID() + ".parquet");
    MessageType schema = ParquetSchemaUtil.convert(table.schema(), "table");
    Path path = Path.of(location.replaceFirst("^file:(//)?", ""));
    Files.createDirectories(path.getParent());
    try (ParquetWriter<Record> writer =
        RecordWriteSupport.newWriter(
            new LocalOutputFile(path),
            layout.allOptional ? RecordWriteSupport.optional(schema) : schema,
            layout)) {
      for (Record row : rows) {
        writer.write(row);
      }
    }

    DataFiles.Builder file =
        DataFiles.builder(table.spec())
            .withPartition(partition)
            .withInputFile(table.io().newInputFile(location));
    return layout.allOptional
        ? file.withRecordCount(rows.size()).build()
        : file.withMetrics(
                ParquetUtil.fileMetrics(
                    table.io().newInputFile(location), MetricsConfig.forTable(table)))
            .build();
  }

  private static List<Record> profileRows(List<TestProfile> profiles) {
    List<TestProfile> sorted = new ArrayList<>(profiles);
    sorted.sort(
        Comparator.comparing((TestProfile profile) -> profile.type().id())
            .thenComparing(TestProfile::serviceName)
            .thenComparingLong(TestProfile::timeMicros));
    List<Record> rows = new ArrayList<>();
    for (TestProfile profile : sorted) {
      List<TestProfile.Sample> samples = new ArrayList<>(profile.samples());
      samples.sort(Comparator.comparingLong(sample -> stackId(profile, sample)));
      Record row = GenericRecord.create(ProfilesTable.SCHEMA);
      row.setField(ProfilesTable.TENANT, profile.tenant().value());
      row.setField(ProfilesTable.PROFILE_TYPE, profile.type().id());
      row.setField(ProfilesTable.SERVICE_NAME, profile.serviceName());
      row.setField(ProfilesTable.TS, time(profile.timeMicros()));
      row.setField(ProfilesTable.DURATION_NS, 15_000_000_000L);
      row.setField(ProfilesTable.PERIOD, 10_000_000L);
      row.setField(ProfilesTable.SERIES_ID, profile.labels().id());
      row.setField(ProfilesTable.LABELS, labels(profile));
      row.setField(ProfilesTable.TOTAL_VALUE, profile.total());
      row.setField(
          ProfilesTable.STACK_IDS, samples.stream().map(s -> stackId(profile, s)).toList());
      row.setField(ProfilesTable.VALUES, samples.stream().map(TestProfile.Sample::value).toList());
      if (profile.hasSpans()) {
        row.setField(
            ProfilesTable.SPAN_IDS, samples.stream().map(TestProfile.Sample::spanId).toList());
      }

      if (profile.hasTraces()) {
        row.setField(
            ProfilesTable.TRACE_IDS, samples.stream().map(s -> traceId(s.traceId())).toList());
      }

      row.setField(ProfilesTable.PROFILE_ID, profile.id());
      rows.add(row);
    }

    return rows;
  }

  private static byte[] traceId(long traceId) {
    return ByteBuffer.allocate(ProfilesTable.TRACE_ID_LENGTH).putLong(7).putLong(traceId).array();
  }

  private static long stackId(TestProfile profile, TestProfile.Sample sample) {
    return sample.stackId(profile.tenant(), profile.serviceName());
  }

  private static OffsetDateTime time(long micros) {
    return Instant.EPOCH.plus(micros, ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }

  private static LocalDate day(TestProfile profile) {
    return time(profile.timeMicros()).toLocalDate();
  }

  private static Map<String, String> labels(TestProfile profile) {
    Map<String, String> labels = new LinkedHashMap<>();
    for (Label label : profile.labels().labels()) {
      labels.put(label.name(), label.value());
    }

    return labels;
  }

  private static List<Record> stackRows(List<TestProfile> profiles) {
    List<Record> rows = new ArrayList<>();
    Set<List<Object>> seen = new HashSet<>();
    for (TestProfile profile : profiles) {
      for (TestProfile.Sample sample : profile.samples()) {
        long id = stackId(profile, sample);
        // Every seventh stack stands in the table twice: the first row has to win.
        boolean repeated = id % 7 == 0;
        if (seen.add(List.of(profile.tenant(), day(profile), id)) || repeated) {
          rows.add(stackRow(profile, sample, id));
        }
      }
    }

    rows.sort(
        Comparator.comparing((Record row) -> (String) row.getField(StacksTable.SERVICE_NAME))
            .thenComparing(row -> row.getField(StacksTable.FUNCTIONS).toString()));
    return rows;
  }

  private static Record stackRow(TestProfile profile, TestProfile.Sample sample, long id) {
    List<TestProfile.Frame> frames = sample.frames();
    Record row = GenericRecord.create(StacksTable.SCHEMA);
    row.setField(StacksTable.TENANT, profile.tenant().value());
    row.setField(StacksTable.DAY, day(profile));
    row.setField(StacksTable.SERVICE_NAME, profile.serviceName());
    row.setField(StacksTable.STACK_ID, id);
    row.setField(StacksTable.FUNCTIONS, sample.functions());
    row.setField(StacksTable.LINES, frames.stream().map(TestProfile.Frame::line).toList());
    row.setField(
        StacksTable.FILES, frames.stream().map(f -> f.address() == 0 ? f.file() : "").toList());
    if (frames.stream().anyMatch(frame -> frame.address() != 0)) {
      row.setField(
          StacksTable.MAPPINGS,
          frames.stream().map(f -> f.address() == 0 ? "" : f.file()).toList());
      row.setField(StacksTable.BUILD_IDS, frames.stream().map(f -> "").toList());
      row.setField(StacksTable.ADDRESSES, frames.stream().map(TestProfile.Frame::address).toList());
    }

    return row;
  }

  private static List<Record> seriesRows(List<TestProfile> profiles) {
    List<Record> rows = new ArrayList<>();
    Set<List<Object>> seen = new HashSet<>();
    for (TestProfile profile : profiles) {
      if (seen.add(List.of(profile.tenant(), day(profile), profile.type(), profile.labels()))) {
        Record row = GenericRecord.create(SeriesTable.SCHEMA);
        row.setField(SeriesTable.TENANT, profile.tenant().value());
        row.setField(SeriesTable.DAY, day(profile));
        row.setField(SeriesTable.SERIES_ID, profile.labels().id());
        row.setField(SeriesTable.PROFILE_TYPE, profile.type().id());
        row.setField(SeriesTable.SERVICE_NAME, profile.serviceName());
        row.setField(SeriesTable.LABELS, labels(profile));
        rows.add(row);
      }
    }

    return rows;
  }

  @Override
  public void close() {
    catalog.close();
  }
}
