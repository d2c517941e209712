/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.flink.IcebergRows;
import io.flamelake.flink.sink.LakeFileWriter.OpenFile;
import io.flamelake.model.Label;
import io.flamelake.model.LabelSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.SimpleGroup;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.example.ExampleParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.LocalOutputFile;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeFileReaderTest {

  private static final int ROWS = 3000;

  @TempDir private Path directory;

  private final RandomRows random = new RandomRows(1);
  private LakeFixture lake;

  @BeforeEach
  void openLake() {
    lake = new LakeFixture(CatalogConfig.embedded(directory));
  }

  @AfterEach
  void closeLake() {
    lake.close();
  }

  @Test
  void readsBackWhatWasWrittenInSeveralRowGroups() throws IOException {
    assertReadBack(LakeTable.PROFILES, new ProfilesLayout(), RandomRows.HOUR, random::profile);
    assertReadBack(LakeTable.STACKS, new StacksLayout(), RandomRows.DAY, random::stack);
    assertReadBack(LakeTable.SERIES, new SeriesLayout(), RandomRows.DAY, random::series);
  }

  @Test
  void readsTheSameProfilesAsIceberg() throws IOException {
    Table table = lake.table(LakeTable.PROFILES);
    List<ProfileTableRow> rows = rows(random::profile);
    write(table, new ProfilesLayout(), RandomRows.HOUR, rows);
    List<ProfileTableRow> read = new ArrayList<>();
    for (Record row : IcebergRows.read(table)) {
      OffsetDateTime ts = (OffsetDateTime) row.getField("ts");
      long[] spans = row.getField("span_ids") == null ? null : longs(row, "span_ids");
      read.add(
          new ProfileTableRow(
              (String) row.getField("tenant"),
              (String) row.getField("profile_type"),
              (String) row.getField("service_name"),
              ChronoUnit.MICROS.between(Instant.EPOCH, ts.toInstant()),
              (long) row.getField("duration_ns"),
              (long) row.getField("period"),
              (long) row.getField("series_id"),
              labels(row),
              (long) row.getField("total_value"),
              longs(row, "stack_ids"),
              longs(row, "values"),
              spans,
              traces(row),
              (UUID) row.getField("profile_id")));
    }

    assertSameRows(readAll(table, new ProfilesLayout()), read);
  }

  @Test
  void readsTheSameStacksAsIceberg() throws IOException {
    Table table = lake.table(LakeTable.STACKS);
    write(table, new StacksLayout(), RandomRows.DAY, rows(random::stack));
    List<StackTableRow> read = new ArrayList<>();
    for (Record row : IcebergRows.read(table)) {
      boolean isSymbolized = row.getField("mappings") == null;
      read.add(
          new StackTableRow(
              (String) row.getField("tenant"),
              Math.toIntExact(((LocalDate) row.getField("day")).toEpochDay()),
              (String) row.getField("service_name"),
              (long) row.getField("stack_id"),
              strings(row, "functions"),
              list(row, "lines").stream().mapToInt(line -> (Integer) line).toArray(),
              strings(row, "files"),
              isSymbolized
                  ? null
                  : new StackTableRow.Unsymbolized(
                      strings(row, "mappings"),
                      strings(row, "build_ids"),
                      longs(row, "addresses"))));
    }

    assertSameRows(readAll(table, new StacksLayout()), read);
  }

  @Test
  void readsOnlyTheColumnsThatAreAskedFor() throws IOException {
    Table table = lake.table(LakeTable.PROFILES);
    List<ProfileTableRow> rows = rows(random::profile);
    WrittenFile file = write(table, new ProfilesLayout(), RandomRows.HOUR, rows);
    try (LakeFileReader<ProfileTableRow> reader =
        LakeFileReader.open(
            table.io().newInputFile(file.location()),
            table.schema(),
            new ProfilesLayout(),
            Set.of("service_name", "stack_ids", "trace_ids"),
            new StringPool(1000))) {
      for (ProfileTableRow expected : rows) {
        ProfileTableRow row = requireNonNull(reader.next());
        assertThat(row.serviceName()).isEqualTo(expected.serviceName());
        assertThat(row.stackIds()).isEqualTo(expected.stackIds());
        assertThat(row.traceIds()).isEqualTo(expected.traceIds());
        assertThat(row.values()).isEmpty();
        assertThat(row.spanIds()).isNull();
        assertThat(row.tenant()).isEmpty();
        assertThat(row.labels().isEmpty()).isTrue();
        assertThat(row.timeMicros()).isZero();
      }

      assertThat(reader.next()).isNull();
    }
  }

  @Test
  void saysOnlyOfSortedFilesThatTheyAreInOrder() throws IOException {
    Table table = lake.table(LakeTable.STACKS);
    StacksLayout layout = new StacksLayout();
    List<StackTableRow> rows = rows(random::stack);
    WrittenFile unsorted = write(table, layout, RandomRows.DAY, rows);
    rows.sort(layout.order());
    WrittenFile sorted = write(table, layout, RandomRows.DAY, rows);
    assertThat(isInOrder(table, unsorted)).isFalse();
    assertThat(isInOrder(table, sorted)).isTrue();
  }

  @Test
  void keepsTheSortOrderOfTheTableOffUnsortedFiles() throws IOException {
    Table table = lake.table(LakeTable.PROFILES);
    List<ProfileTableRow> rows = rows(random::profile);
    WrittenFile unsorted = write(table, new ProfilesLayout(), RandomRows.HOUR, rows);
    assertThat(unsorted.sortOrderId()).isZero();
    assertThat(unsorted.toDataFile(table.spec(), table.sortOrder()).sortOrderId()).isZero();
  }

  @Test
  void readsFilesOfOtherEngines() throws IOException {
    MessageType schema =
        MessageTypeParser.parseMessageType(
            """
            message trino_schema {
              optional int64 stack_id = 4;
              optional group functions (LIST) = 5 {
                repeated group bag { optional binary array_element (STRING) = 11; }
              }
              optional group lines (LIST) = 6 { repeated int32 array; }
              optional group files (LIST) = 7 {
                repeated group list { optional binary item (STRING) = 13; }
              }
              optional group addresses (LIST) = 10 {
                repeated group array { required int64 array_element = 16; }
              }
              optional group build_ids (LIST) = 9 {
                repeated group list { optional binary element (STRING) = 15; }
              }
              optional group mappings (LIST) = 8 {
                repeated group list { optional binary element (STRING) = 14; }
              }
              optional binary tenant (STRING) = 1;
              optional binary named_otherwise (STRING) = 3;
              optional int32 day (DATE) = 2;
              optional double added_by_somebody = 99;
            }
            """);
    Path file = directory.resolve("warehouse/foreign.parquet");
    List<StackTableRow> rows = rows(random::stack);
    try (ParquetWriter<Group> writer =
        ExampleParquetWriter.builder(new LocalOutputFile(file))
            .withType(schema)
            .withConf(new PlainParquetConfiguration())
            .withWriterVersion(WriterVersion.PARQUET_1_0)
            .withCompressionCodec(CompressionCodecName.GZIP)
            .withDictionaryEncoding("stack_id", false)
            .withDictionaryEncoding("functions.bag.array_element", false)
            .build()) {
      for (StackTableRow row : rows) {
        writer.write(foreign(schema, row));
      }
    }

    Table table = lake.table(LakeTable.STACKS);
    assertSameRows(read(table, new StacksLayout(), file.toString()), rows);
    assertThat(table.io().newInputFile(file.toString()).exists()).isTrue();
  }

  @Test
  void refusesFilesThatLackAColumnOrHaveItAsSomethingElse() throws IOException {
    Path lacking = directory.resolve("warehouse/lacking.parquet");
    writeEmpty(lacking, "message m { required binary tenant (STRING) = 1; }");
    Table table = lake.table(LakeTable.SERIES);
    assertThatThrownBy(() -> read(table, new SeriesLayout(), lacking.toString()))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageStartingWith("Column day is not in file ");
    Path other = directory.resolve("warehouse/other.parquet");
    writeEmpty(
        other,
        "message m { required binary tenant (STRING) = 1; required binary day (STRING) = 2; }");
    assertThatThrownBy(() -> read(table, new SeriesLayout(), other.toString()))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage(
            "Column day cannot be read from a file that has it as"
                + " required binary day (STRING) = 2");
  }

  private static void writeEmpty(Path file, String schema) throws IOException {
    ExampleParquetWriter.builder(new LocalOutputFile(file))
        .withType(MessageTypeParser.parseMessageType(schema))
        .withConf(new PlainParquetConfiguration())
        .build()
        .close();
  }

  private static Group foreign(MessageType schema, StackTableRow row) {
    Group group = new SimpleGroup(schema);
    group.append("tenant", row.tenant()).append("day", row.day());
    group.append("named_otherwise", row.serviceName()).append("stack_id", row.stackId());
    addStrings(group.addGroup("functions"), "bag", "array_element", row.functions());
    addStrings(group.addGroup("files"), "list", "item", row.files());
    Group lines = group.addGroup("lines");
    for (int line : row.lines()) {
      lines.append("array", line);
    }

    StackTableRow.Unsymbolized unsymbolized = row.unsymbolized();
    if (unsymbolized != null) {
      addStrings(group.addGroup("mappings"), "list", "element", unsymbolized.mappings());
      addStrings(group.addGroup("build_ids"), "list", "element", unsymbolized.buildIds());
      Group addresses = group.addGroup("addresses");
      for (long address : unsymbolized.addresses()) {
        addresses.addGroup("array").append("array_element", address);
      }
    }

    return group;
  }

  private static void addStrings(Group list, String repeated, String element, String[] values) {
    for (String value : values) {
      list.addGroup(repeated).append(element, value);
    }
  }

  private <R> void assertReadBack(
      LakeTable name, RowLayout<R> layout, int period, Supplier<R> random) throws IOException {
    Table table = lake.table(name);
    table.updateProperties().set("write.parquet.row-group-size-bytes", "65536").commit();
    List<R> rows = rows(random);
    LakeFileWriter<R> writer =
        new LakeFileWriter<>(
            table, layout, "packed-run", Map.of("write.parquet.compression-level", "9"));
    try (OpenFile<R> file = writer.open(RandomRows.TENANT, period)) {
      long empty = file.sizeBytes();
      for (R row : rows) {
        file.write(row);
      }

      assertThat(file.sizeBytes()).isGreaterThan(empty);
      WrittenFile written = file.finish();
      assertThat(written.location()).matches(".*/packed-run-[0-9a-f-]{36}\\.parquet");
      assertThat(written.splitOffsets()).hasSizeGreaterThan(1);
      assertSameRows(read(table, layout, written.location()), rows);
    }
  }

  private static <R> void assertSameRows(List<R> rows, List<R> expected) {
    assertThat(rows.stream().map(RandomRows::text))
        .containsExactlyElementsOf(expected.stream().map(RandomRows::text).toList());
  }

  private static <R> List<R> rows(Supplier<R> random) {
    return new ArrayList<>(Stream.generate(random).limit(ROWS).toList());
  }

  private static <R> WrittenFile write(Table table, RowLayout<R> layout, int period, List<R> rows)
      throws IOException {
    WrittenFile file =
        new LakeFileWriter<>(table, layout, 0).write(RandomRows.TENANT, period, rows);
    table.newAppend().appendFile(file.toDataFile(table.spec(), table.sortOrder())).commit();
    return file;
  }

  private static <R> List<R> readAll(Table table, RowLayout<R> layout) throws IOException {
    String location =
        table.currentSnapshot().addedDataFiles(table.io()).iterator().next().location();
    return read(table, layout, location);
  }

  private static <R> List<R> read(Table table, RowLayout<R> layout, String location)
      throws IOException {
    List<R> rows = new ArrayList<>();
    try (LakeFileReader<R> reader =
        LakeFileReader.open(
            table.io().newInputFile(location), table.schema(), layout, new StringPool(1000))) {
      for (R row = reader.next(); row != null; row = reader.next()) {
        rows.add(row);
      }
    }

    return rows;
  }

  private static boolean isInOrder(Table table, WrittenFile file) throws IOException {
    try (LakeFileReader<StackTableRow> reader =
        LakeFileReader.open(
            table.io().newInputFile(file.location()),
            table.schema(),
            new StacksLayout(),
            new StringPool(0))) {
      return reader.isInOrder();
    }
  }

  private static List<?> list(Record row, String column) {
    return (List<?>) row.getField(column);
  }

  private static long[] longs(Record row, String column) {
    return list(row, column).stream().mapToLong(value -> (Long) value).toArray();
  }

  private static String[] strings(Record row, String column) {
    return list(row, column).toArray(new String[0]);
  }

  private static LabelSet labels(Record row) {
    Map<?, ?> map = (Map<?, ?>) row.getField("labels");
    List<Label> labels = new ArrayList<>();
    map.forEach((name, value) -> labels.add(new Label((String) name, (String) value)));
    return LabelSet.of(labels);
  }

  private static long @Nullable [] traces(Record row) {
    if (row.getField("trace_ids") == null) {
      return null;
    }

    ByteBuffer bytes = ByteBuffer.allocate(16 * list(row, "trace_ids").size());
    list(row, "trace_ids").forEach(id -> bytes.put((byte[]) id));
    long[] halves = new long[bytes.capacity() / Long.BYTES];
    bytes.flip().asLongBuffer().get(halves);
    return halves;
  }
}
