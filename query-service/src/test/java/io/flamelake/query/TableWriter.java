/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import io.flamelake.catalog.LakeTables;
import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.catalog.ProfilesTable;
import io.flamelake.catalog.SeriesTable;
import io.flamelake.catalog.StacksTable;
import io.flamelake.model.Label;
import io.flamelake.model.LabelSet;
import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.model.normalize.StackTraces;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.PartitionKey;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.UpdateProperties;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.InternalRecordWrapper;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;
import org.jspecify.annotations.Nullable;

/** Commits rows as the ingest job does, with Iceberg's generic writers. */
public final class TableWriter {
  private final LakeTables tables;

  public TableWriter(LakeTables tables) {
    this.tables = tables;
  }

  /** Commits rows of the segment log up to some watermarks. */
  public void commit(List<ProfileRow> rows, Map<String, Long> sequences) throws IOException {
    append(tables.stacks(), stackRecords(rows), Map.of());
    append(tables.series(), seriesRecords(rows), Map.of());
    append(tables.profiles(), rows.stream().map(this::profileRecord).toList(), sequences);
  }

  private Record profileRecord(ProfileRow row) {
    Record record = GenericRecord.create(tables.profiles().schema());
    record.setField(ProfilesTable.TENANT, row.tenant().value());
    record.setField(ProfilesTable.PROFILE_TYPE, row.type().id());
    record.setField(ProfilesTable.SERVICE_NAME, row.serviceName());
    record.setField(ProfilesTable.TS, instant(row).atOffset(ZoneOffset.UTC));
    record.setField(ProfilesTable.DURATION_NS, row.durationNanos());
    record.setField(ProfilesTable.PERIOD, row.period());
    record.setField(ProfilesTable.SERIES_ID, row.seriesId());
    record.setField(ProfilesTable.LABELS, map(row.labels()));
    record.setField(ProfilesTable.TOTAL_VALUE, row.totalValue());
    record.setField(ProfilesTable.STACK_IDS, LongStream.of(row.stackIds()).boxed().toList());
    record.setField(ProfilesTable.VALUES, LongStream.of(row.values()).boxed().toList());
    record.setField(ProfilesTable.PROFILE_ID, row.profileId());
    long[] spans = row.spanIds();
    if (spans != null) {
      record.setField(ProfilesTable.SPAN_IDS, LongStream.of(spans).boxed().toList());
    }

    long[] traces = row.traceIds();
    if (traces != null) {
      List<byte[]> ids = new ArrayList<>();
      for (int i = 0; i < traces.length; i += 2) {
        ids.add(ByteBuffer.allocate(16).putLong(traces[i]).putLong(traces[i + 1]).array());
      }

      record.setField(ProfilesTable.TRACE_IDS, ids);
    }

    return record;
  }

  private List<Record> stackRecords(List<ProfileRow> rows) {
    Set<List<Object>> known = new HashSet<>();
    List<Record> records = new ArrayList<>();
    for (ProfileRow row : rows) {
      for (long id : row.stackIds()) {
        if (known.add(List.of(row.tenant(), row.serviceName(), day(row), id))) {
          records.add(stackRecord(row, id));
        }
      }
    }

    return records;
  }

  private Record stackRecord(ProfileRow row, long id) {
    StackTraces stacks = row.stacks();
    int stack = stacks.indexOf(id);
    int depth = stacks.depth(stack);
    Record record = GenericRecord.create(tables.stacks().schema());
    record.setField(StacksTable.TENANT, row.tenant().value());
    record.setField(StacksTable.DAY, day(row));
    record.setField(StacksTable.SERVICE_NAME, row.serviceName());
    record.setField(StacksTable.STACK_ID, id);
    record.setField(StacksTable.FUNCTIONS, list(depth, f -> stacks.function(stack, f)));
    record.setField(StacksTable.LINES, list(depth, f -> stacks.line(stack, f)));
    record.setField(StacksTable.FILES, list(depth, f -> stacks.file(stack, f)));
    if (!stacks.isSymbolized(stack)) {
      record.setField(StacksTable.MAPPINGS, list(depth, f -> orEmpty(stacks.mapping(stack, f))));
      record.setField(StacksTable.BUILD_IDS, list(depth, f -> orEmpty(stacks.buildId(stack, f))));
      record.setField(StacksTable.ADDRESSES, list(depth, f -> stacks.address(stack, f)));
    }

    return record;
  }

  private List<Record> seriesRecords(List<ProfileRow> rows) {
    Map<List<Object>, Record> records = new LinkedHashMap<>();
    for (ProfileRow row : rows) {
      records.computeIfAbsent(
          List.of(row.tenant(), day(row), row.type(), row.seriesId()),
          key -> {
            Record record = GenericRecord.create(tables.series().schema());
            record.setField(SeriesTable.TENANT, row.tenant().value());
            record.setField(SeriesTable.DAY, day(row));
            record.setField(SeriesTable.SERIES_ID, row.seriesId());
            record.setField(SeriesTable.PROFILE_TYPE, row.type().id());
            record.setField(SeriesTable.SERVICE_NAME, row.serviceName());
            record.setField(SeriesTable.LABELS, map(row.labels()));
            return record;
          });
    }

    return List.copyOf(records.values());
  }

  private static void append(Table table, List<Record> records, Map<String, Long> sequences)
      throws IOException {
    table.refresh();
    LaneWatermarks advanced = LaneWatermarks.ofSequences(sequences);
    Transaction transaction = table.newTransaction();
    AppendFiles append =
        transaction.newAppend().set(LaneWatermarks.SUMMARY_PROPERTY, advanced.toSummary());
    for (Map.Entry<PartitionKey, List<Record>> partition : byPartition(table, records).entrySet()) {
      append.appendFile(write(table, partition.getKey(), partition.getValue()));
    }

    append.commit();
    UpdateProperties properties = transaction.updateProperties();
    LaneWatermarks.of(table).advancedTo(sequences).toProperties().forEach(properties::set);
    properties.commit();
    transaction.commitTransaction();
  }

  /** Groups records as the table's files hold them. */
  public static Map<PartitionKey, List<Record>> byPartition(Table table, List<Record> records) {
    Map<PartitionKey, List<Record>> partitions = new LinkedHashMap<>();
    PartitionKey key = new PartitionKey(table.spec(), table.schema());
    InternalRecordWrapper wrapper = new InternalRecordWrapper(table.schema().asStruct());
    for (Record record : records) {
      key.partition(wrapper.wrap(record));
      partitions.computeIfAbsent(key.copy(), copy -> new ArrayList<>()).add(record);
    }

    return partitions;
  }

  /** Writes a file as Iceberg's own writer does. */
  public static DataFile write(Table table, PartitionKey partition, List<Record> records)
      throws IOException {
    String location =
        table
            .locationProvider()
            .newDataLocation(table.spec(), partition, UUID.randomUUID() + ".parquet");
    DataWriter<Record> writer =
        Parquet.writeData(table.io().newOutputFile(location))
            .forTable(table)
            .withPartition(partition)
            .createWriterFunc(GenericParquetWriter::create)
            .build();
    try (writer) {
      records.forEach(writer::write);
    }

    return writer.toDataFile();
  }

  private static Instant instant(ProfileRow row) {
    return Instant.EPOCH.plus(row.timeMicros(), ChronoUnit.MICROS);
  }

  private static LocalDate day(ProfileRow row) {
    return LocalDate.ofInstant(instant(row), ZoneOffset.UTC);
  }

  private static Map<String, String> map(LabelSet labels) {
    Map<String, String> map = new LinkedHashMap<>();
    for (Label label : labels.labels()) {
      map.put(label.name(), label.value());
    }

    return map;
  }

  private static <T> List<T> list(int size, IntFunction<T> element) {
    return IntStream.range(0, size).mapToObj(element).toList();
  }

  private static String orEmpty(@Nullable String value) {
    return value == null ? "" : value;
  }
}
