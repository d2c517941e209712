/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.PartitionVersion;
import io.flamelake.flink.IcebergRows;
import io.flamelake.model.LabelSet;
import io.flamelake.model.flamegraph.PreorderTree;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableProperties;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Conversions;
import org.apache.iceberg.types.Types;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.io.LocalInputFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeFileWriterTest {

  private static final int ROWS = 700;
  private static final long MICROS_PER_HOUR = 3_600_000_000L;

  @TempDir private Path directory;

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
  void icebergReadsBackEveryColumnOfProfiles() throws IOException {
    List<ProfileTableRow> written = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      written.add(profile(i));
    }

    Table table = lake.table(LakeTable.PROFILES);
    append(table, new ProfilesLayout(), 490_000, written);
    List<Record> read = IcebergRows.read(table);
    assertThat(read).hasSize(ROWS);
    for (int i = 0; i < ROWS; i++) {
      assertSame(read.get(i), written.get(i));
    }
  }

  @Test
  void endsRowGroupsBetweenServices() throws IOException {
    RandomRows random = new RandomRows(1);
    List<ProfileTableRow> rows = new ArrayList<>();
    for (int i = 0; i < 6_000; i++) {
      rows.add(random.profile());
    }

    ProfilesLayout layout = new ProfilesLayout();
    rows.sort(layout.order());
    LakeFileWriter<ProfileTableRow> writer =
        new LakeFileWriter<>(
            lake.table(LakeTable.PROFILES),
            layout.compacted(),
            "runs",
            Map.of(TableProperties.PARQUET_ROW_GROUP_SIZE_BYTES, "1048576"));
    WrittenFile file = writer.write(RandomRows.TENANT, RandomRows.HOUR, rows);
    try (ParquetFileReader reader =
        ParquetFileReader.open(new LocalInputFile(Path.of(URI.create(file.location()))))) {
      List<Integer> ends = new ArrayList<>();
      int end = 0;
      for (BlockMetaData rowGroup : reader.getFooter().getBlocks()) {
        assertThat(rowGroup.getCompressedSize()).isLessThan(1_200_000);
        end += Math.toIntExact(rowGroup.getRowCount());
        ends.add(end);
      }

      List<Integer> runs = new ArrayList<>();
      for (int i = 1; i < rows.size(); i++) {
        if (!rows.get(i).serviceName().equals(rows.get(i - 1).serviceName())) {
          runs.add(i);
        }
      }

      assertThat(runs).hasSize(11);
      assertThat(ends).containsAll(runs).endsWith(rows.size());
    }
  }

  @Test
  void icebergReadsBackEveryColumnOfStacks() throws IOException {
    StackTableRow symbolized = LakeFixture.stack(1);
    StackTableRow address =
        new StackTableRow(
            "t",
            0,
            "s",
            2,
            new String[] {"main", "libc!0x10"},
            new int[] {7, 0},
            new String[] {"main.c", ""},
            new StackTableRow.Unsymbolized(
                new String[] {"", "/lib/libc.so"}, new String[] {"", "b1"}, new long[] {0, 16}));
    Table table = lake.table(LakeTable.STACKS);
    append(table, new StacksLayout(), 0, List.of(symbolized, address));
    List<Record> read = IcebergRows.read(table);
    assertThat(read.get(0).getField("day")).isEqualTo(LocalDate.EPOCH);
    assertThat(read.get(0).getField("functions")).isEqualTo(List.of("f"));
    assertThat(read.get(0).getField("lines")).isEqualTo(List.of(1));
    assertThat(read.get(0).getField("files")).isEqualTo(List.of("a.go"));
    assertThat(read.get(0).getField("mappings")).isNull();
    assertThat(read.get(1).getField("stack_id")).isEqualTo(2L);
    assertThat(read.get(1).getField("functions")).isEqualTo(List.of("main", "libc!0x10"));
    assertThat(read.get(1).getField("mappings")).isEqualTo(List.of("", "/lib/libc.so"));
    assertThat(read.get(1).getField("build_ids")).isEqualTo(List.of("", "b1"));
    assertThat(read.get(1).getField("addresses")).isEqualTo(List.of(0L, 16L));
  }

  @Test
  void icebergReadsBackEveryColumnOfSeries() throws IOException {
    LabelSet labels = LabelSet.of("service_name", "s", "pod", "p1");
    SeriesTableRow row = new SeriesTableRow("t", 3, labels.id(), "cpu:a:b:c:d", "s", labels);
    Table table = lake.table(LakeTable.SERIES);
    append(table, new SeriesLayout(), 3, List.of(row));
    Record read = IcebergRows.read(table).get(0);
    assertThat(read.getField("tenant")).isEqualTo("t");
    assertThat(read.getField("day")).isEqualTo(LocalDate.ofEpochDay(3));
    assertThat(read.getField("series_id")).isEqualTo(labels.id());
    assertThat(read.getField("profile_type")).isEqualTo("cpu:a:b:c:d");
    assertThat(read.getField("service_name")).isEqualTo("s");
    assertThat(read.getField("labels")).isEqualTo(Map.of("service_name", "s", "pod", "p1"));
  }

  @Test
  void icebergReadsBackEveryColumnOfRollUps() throws IOException {
    PreorderTree tree =
        new PreorderTree(
            new String[] {"main", "run"}, new int[] {0, 1}, new int[] {0, 1}, new long[] {2, 3}, 6);
    FlameTableRow row =
        new FlameTableRow(
            "t",
            "cpu:a:b:c:d",
            "s",
            3 * 86_400_000_000L + 7 * 3_600_000_000L,
            10,
            40,
            tree,
            new PartitionVersion(5, 12));
    Table table = lake.table(LakeTable.FLAME_1H);
    append(table, FlameLayout.HOURLY, 3, List.of(row));
    Record read = IcebergRows.read(table).get(0);
    assertThat(FlameLayout.HOURLY.period(row)).isEqualTo(3);
    assertThat(read.getField("tenant")).isEqualTo("t");
    assertThat(read.getField("profile_type")).isEqualTo("cpu:a:b:c:d");
    assertThat(read.getField("service_name")).isEqualTo("s");
    assertThat(read.getField("ts")).isEqualTo(OffsetDateTime.parse("1970-01-04T07:00Z"));
    assertThat(read.getField("total_value")).isEqualTo(6L);
    assertThat(read.getField("profiles")).isEqualTo(10L);
    assertThat(read.getField("samples")).isEqualTo(40L);
    assertThat(read.getField("names")).isEqualTo(List.of("main", "run"));
    assertThat(read.getField("parents")).isEqualTo(List.of(0, 1));
    assertThat(read.getField("functions")).isEqualTo(List.of(0, 1));
    assertThat(read.getField("self")).isEqualTo(List.of(2L, 3L));
    assertThat(read.getField("covered_sequence")).isEqualTo(5L);
    assertThat(read.getField("covered_rows")).isEqualTo(12L);
  }

  @Test
  void followsTheLayoutThatTheTableAsksFor() throws IOException {
    List<ProfileTableRow> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(profile(i));
    }

    Table table = lake.table(LakeTable.PROFILES);
    WrittenFile file = append(table, new ProfilesLayout(), 490_000, rows);
    assertThat(file.sortOrderId()).isEqualTo(table.sortOrder().orderId());
    Path path = Path.of(file.location().replaceFirst("^file:(//)?", ""));
    assertThat(path).hasSize(file.sizeBytes());
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(path))) {
      for (ColumnChunkMetaData column : reader.getFooter().getBlocks().get(0).getColumns()) {
        assertThat(column.getCodec().name()).isEqualTo("ZSTD");
        assertThat(reader.readOffsetIndex(column).getPageCount())
            .as("pages of %s", column.getPath())
            .isEqualTo(3);
        assertThat(column.getEncodings()).doesNotContain(Encoding.PLAIN_DICTIONARY);
      }
    }
  }

  @Test
  void keepsTheMetricsThatTheTableAsksFor() throws IOException {
    Table table = lake.table(LakeTable.PROFILES);
    append(table, new ProfilesLayout(), 490_000, List.of(profile(1), profile(2)));
    DataFile file = dataFile(table);
    assertThat(file.recordCount()).isEqualTo(2);
    int ts = table.schema().findField("ts").fieldId();
    int values = table.schema().findField("values.element").fieldId();
    ByteBuffer upper = file.upperBounds().get(ts);
    assertThat((Long) Conversions.fromByteBuffer(Types.TimestampType.withZone(), upper))
        .isEqualTo(profile(2).timeMicros());
    assertThat(file.lowerBounds()).doesNotContainKey(values);
    assertThat(file.splitOffsets()).containsExactly(4L);
    try (CloseableIterable<FileScanTask> tasks =
        table.newScan().filter(Expressions.equal("service_name", "other")).planFiles()) {
      assertThat(tasks).as("files with another service").isEmpty();
    }
  }

  private <R> WrittenFile append(Table table, RowLayout<R> layout, int period, List<R> rows)
      throws IOException {
    WrittenFile file = new LakeFileWriter<>(table, layout, 0).write("t", period, rows);
    table.newAppend().appendFile(file.toDataFile(table.spec(), table.sortOrder())).commit();
    return file;
  }

  private static DataFile dataFile(Table table) throws IOException {
    try (CloseableIterable<FileScanTask> tasks = table.newScan().includeColumnStats().planFiles()) {
      return tasks.iterator().next().file();
    }
  }

  private static ProfileTableRow profile(int i) {
    LabelSet labels = LabelSet.of("service_name", "s", "pod", "pod-" + i % 5);
    int samples = i % 7;
    long[] ids = new long[samples];
    long[] values = new long[samples];
    for (int s = 0; s < samples; s++) {
      ids[s] = s * 0x9E3779B97F4A7C15L;
      values[s] = (long) i * s + 1;
    }

    boolean hasSpans = i % 3 == 0;
    long[] traces = new long[2 * samples];
    Arrays.fill(traces, i);
    return new ProfileTableRow(
        "t",
        "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
        "s",
        490_000 * MICROS_PER_HOUR + i,
        15_000_000_000L,
        10_000_000,
        labels.id(),
        labels,
        Arrays.stream(values).sum(),
        ids,
        values,
        hasSpans ? ids : null,
        hasSpans ? traces : null,
        new UUID(i, -i));
  }

  private static void assertSame(Record read, ProfileTableRow row) {
    OffsetDateTime ts =
        Instant.EPOCH.plus(row.timeMicros(), ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
    assertThat(read.getField("tenant")).isEqualTo(row.tenant());
    assertThat(read.getField("profile_type")).isEqualTo(row.profileType());
    assertThat(read.getField("service_name")).isEqualTo(row.serviceName());
    assertThat(read.getField("ts")).isEqualTo(ts);
    assertThat(read.getField("duration_ns")).isEqualTo(row.durationNanos());
    assertThat(read.getField("period")).isEqualTo(row.period());
    assertThat(read.getField("series_id")).isEqualTo(row.seriesId());
    assertThat(read.getField("labels"))
        .isEqualTo(Map.of("service_name", "s", "pod", row.labels().value("pod")));
    assertThat(read.getField("total_value")).isEqualTo(row.totalValue());
    assertThat(read.getField("stack_ids")).isEqualTo(boxed(row.stackIds()));
    assertThat(read.getField("values")).isEqualTo(boxed(row.values()));
    assertThat(read.getField("profile_id")).isEqualTo(row.profileId());
    long[] spans = row.spanIds();
    if (spans == null) {
      assertThat(read.getField("span_ids")).isNull();
      assertThat(read.getField("trace_ids")).isNull();
      return;
    }

    assertThat(read.getField("span_ids")).isEqualTo(boxed(spans));
    long trace = row.profileId().getMostSignificantBits();
    byte[] traceId = ByteBuffer.allocate(16).putLong(trace).putLong(trace).array();
    assertThat((List<?>) read.getField("trace_ids"))
        .hasSize(spans.length)
        .allSatisfy(id -> assertThat(id).isEqualTo(traceId));
  }

  private static List<Long> boxed(long[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
