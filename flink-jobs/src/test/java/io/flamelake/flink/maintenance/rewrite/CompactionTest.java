/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.catalog.PartitionVersion;
import io.flamelake.flink.IcebergRows;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.TaskResult;
import io.flamelake.flink.sink.LakeFileWriter;
import io.flamelake.flink.sink.LakeTable;
import io.flamelake.flink.sink.ProfileTableRow;
import io.flamelake.flink.sink.ProfilesLayout;
import io.flamelake.flink.sink.RandomRows;
import io.flamelake.flink.sink.SeriesLayout;
import io.flamelake.flink.sink.StackTableRow;
import io.flamelake.flink.sink.StacksLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.FileMetadata;
import org.apache.iceberg.Metrics;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.types.Types;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.io.LocalInputFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompactionTest {

  private static final ProfilesLayout PROFILES = new ProfilesLayout();
  private static final StacksLayout STACKS = new StacksLayout();

  @TempDir private Path directory;

  private final RandomRows random = new RandomRows(11);
  private RewriteFixture lake;

  @BeforeEach
  void openLake() throws IOException {
    lake = new RewriteFixture(directory);
  }

  @AfterEach
  void closeLake() {
    lake.close();
  }

  @Test
  void makesOneSortedFileOfAClosedHour() throws Exception {
    Table table = lake.table(LakeTable.PROFILES);
    table
        .updateProperties()
        .set(LaneWatermarks.PROPERTY_PREFIX + "01J00000000000000000000001", "17")
        .commit();
    appendProfiles(12, 300);
    List<String> before = texts(table);
    PartitionVersion version = version(table);
    assertThat(lake.maintain(lake.context())).isEqualTo(1);
    List<DataFile> files = RewriteFixture.files(table);
    assertThat(files).hasSize(1);
    assertThat(Path.of(files.get(0).location()).getFileName().toString())
        .matches("sorted-" + lake.run() + "-[0-9a-f-]{36}\\.parquet");
    assertThat(files.get(0).sortOrderId()).isEqualTo(table.sortOrder().orderId());
    assertThat(texts(table)).isEqualTo(before);
    assertThat(RewriteFixture.read(table, PROFILES, files.get(0).location()))
        .isSortedAccordingTo(PROFILES.order());
    assertThat(version(table)).isEqualTo(version);
    assertThat(LaneWatermarks.of(table).sequence("01J00000000000000000000001")).isEqualTo(17);
    assertThat(lake.maintain(lake.context())).as("tasks of a second run").isZero();
  }

  @Test
  void laysRowsOutAsTheTableAsks() throws Exception {
    Table table = lake.table(LakeTable.PROFILES);
    appendProfiles(12, 300);
    // A new context sets the properties of its tables right.
    MaintenanceContext context = lake.context();
    table.refresh();
    table.updateProperties().set("write.parquet.row-group-size-bytes", "262144").commit();
    lake.maintain(context);
    String location = RewriteFixture.files(table).get(0).location();
    Path file = Path.of(location.replaceFirst("^file:(//)?", ""));
    try (ParquetFileReader reader = ParquetFileReader.open(new LocalInputFile(file))) {
      assertThat(reader.getFooter().getBlocks()).hasSizeGreaterThan(2);
      for (BlockMetaData rowGroup : reader.getFooter().getBlocks()) {
        assertThat(rowGroup.getCompressedSize()).isLessThan(400_000);
        for (ColumnChunkMetaData column : rowGroup.getColumns()) {
          long pages = (rowGroup.getRowCount() + 249) / 250;
          assertThat(reader.readOffsetIndex(column).getPageCount())
              .as("pages of %s", column.getPath())
              .isGreaterThanOrEqualTo((int) pages);
        }
      }
    }
  }

  @Test
  void packsAnOpenHourOnceItHasEightFiles() throws Exception {
    Table table = lake.table(LakeTable.PROFILES);
    Instant inTheHour = Instant.EPOCH.plusSeconds(RandomRows.HOUR * 3600L + 1800);
    MaintenanceContext context =
        lake.context(config -> config, Clock.fixed(inTheHour, ZoneOffset.UTC));
    appendProfiles(7, 20);
    assertThat(lake.maintain(context)).isZero();
    appendProfiles(1, 20);
    List<String> before = texts(table);
    PartitionVersion version = version(table);
    assertThat(lake.maintain(context)).isEqualTo(1);
    List<DataFile> files = RewriteFixture.files(table);
    assertThat(files).hasSize(1);
    assertThat(files.get(0).location()).contains("/packed-" + lake.run() + "-");
    assertThat(texts(table)).isEqualTo(before);
    assertThat(version(table)).isEqualTo(version);
  }

  @Test
  void waitsUntilLateDataIsOver() throws Exception {
    appendProfiles(3, 20);
    Duration quiet = Duration.ofMinutes(10);
    Instant now = Instant.now();
    MaintenanceContext early =
        lake.context(
            config -> config.closedAfter(quiet),
            Clock.fixed(now.plus(Duration.ofMinutes(9)), ZoneOffset.UTC));
    assertThat(lake.maintain(early)).isZero();
    MaintenanceContext later =
        lake.context(
            config -> config.closedAfter(quiet),
            Clock.fixed(now.plus(Duration.ofMinutes(11)), ZoneOffset.UTC));
    assertThat(lake.maintain(later)).isEqualTo(1);
  }

  @Test
  void sortsAgainAfterLateData() throws Exception {
    Table table = lake.table(LakeTable.PROFILES);
    appendProfiles(3, 50);
    lake.maintain(lake.context());
    appendProfiles(1, 5);
    List<String> before = texts(table);
    assertThat(lake.maintain(lake.context())).isEqualTo(1);
    assertThat(RewriteFixture.files(table)).hasSize(1);
    assertThat(texts(table)).isEqualTo(before);
  }

  @Test
  void dropsRepeatedStacksAndCompressesTheRestHarder() throws Exception {
    Table table = lake.table(LakeTable.STACKS);
    List<StackTableRow> rows = rows(random::stack, 500);
    Set<String> distinct = new HashSet<>();
    rows.forEach(row -> distinct.add(RandomRows.text(row)));
    for (int i = 0; i < 4; i++) {
      lake.append(STACKS, rows);
    }

    lake.maintain(lake.context());
    List<DataFile> files = RewriteFixture.files(table);
    assertThat(files).hasSize(1);
    List<StackTableRow> read = RewriteFixture.read(table, STACKS, files.get(0).location());
    assertThat(read).hasSameSizeAs(distinct).isSortedAccordingTo(STACKS.order());
    assertThat(read.stream().map(RandomRows::text)).containsExactlyInAnyOrderElementsOf(distinct);
  }

  @Test
  void keepsWhatIsCommittedMeanwhile() throws Exception {
    Table table = lake.table(LakeTable.PROFILES);
    appendProfiles(10, 30);
    MaintenanceContext context = lake.context();
    context.tables().refresh();
    List<CompactionTask> tasks = new CompactionPlanner().plan(context);
    // The task looks at the tables as they were; this commit comes while it works.
    appendProfiles(2, 30);
    List<String> before = texts(table);
    TaskResult result = tasks.get(0).run(context);
    assertThat(result.count(TaskResult.FILES_IN)).isEqualTo(10);
    assertThat(texts(table)).isEqualTo(before);
    assertThat(RewriteFixture.files(table)).hasSize(3);
  }

  @Test
  void givesUpWhereAnotherRewriteCameFirst() throws Exception {
    Table table = lake.table(LakeTable.PROFILES);
    appendProfiles(10, 30);
    MaintenanceContext slow = lake.context();
    slow.tables().refresh();
    CompactionTask task = new CompactionPlanner().plan(slow).get(0);
    // Another engine's optimize.
    List<DataFile> replaced = RewriteFixture.files(table).subList(0, 2);
    List<ProfileTableRow> rows = new ArrayList<>();
    for (DataFile file : replaced) {
      rows.addAll(RewriteFixture.read(table, PROFILES, file.location()));
    }

    DataFile foreign =
        new LakeFileWriter<>(table, PROFILES, "optimize")
            .write(RandomRows.TENANT, RandomRows.HOUR, rows)
            .toDataFile(table.spec(), table.sortOrder());
    table.newRewrite().rewriteFiles(Set.copyOf(replaced), Set.of(foreign)).commit();
    List<String> before = texts(table);
    TaskResult result = task.run(slow);
    assertThat(result.counts()).isEqualTo(Map.of(TaskResult.SKIPPED, 1L));
    assertThat(texts(table)).isEqualTo(before);
    assertThat(dataFilesOnDisk("sorted-")).as("files of the rewrite that was given up").isEmpty();
    assertThat(lake.maintain(lake.context())).isEqualTo(1);
    assertThat(texts(table)).isEqualTo(before);
    assertThat(RewriteFixture.files(table)).hasSize(1);
  }

  @Test
  void leavesFilesWithRowLevelDeletes() throws Exception {
    Table table = lake.table(LakeTable.PROFILES);
    appendProfiles(3, 30);
    DataFile target = RewriteFixture.files(table).get(0);
    DeleteFile deletes =
        FileMetadata.deleteFileBuilder(table.spec())
            .ofPositionDeletes()
            .withPath(table.location() + "/data/deletes.parquet")
            .withFormat(FileFormat.PARQUET)
            .withPartition(target.partition())
            .withFileSizeInBytes(10)
            .withRecordCount(1)
            .withMetrics(bounds(target.location()))
            .build();
    table.newRowDelta().addDeletes(deletes).commit();
    lake.maintain(lake.context());
    assertThat(RewriteFixture.files(table).stream().map(DataFile::location))
        .hasSize(2)
        .contains(target.location());
  }

  @Test
  void leavesFilesWithValuesInColumnsThatSomebodyAdded() throws Exception {
    Table table = lake.table(LakeTable.SERIES);
    lake.append(new SeriesLayout(), rows(random::series, 20));
    lake.append(new SeriesLayout(), rows(random::series, 20));
    table.refresh();
    table.updateSchema().addColumn("owner", Types.StringType.get()).commit();
    String kept = ForeignFile.appendSeriesWithOwner(table);
    lake.maintain(lake.context());
    assertThat(RewriteFixture.files(table).stream().map(DataFile::location))
        .hasSize(2)
        .contains(kept);
    assertThat(IcebergRows.read(table).stream().map(row -> row.getField("owner")))
        .filteredOn(owner -> owner != null)
        .containsExactly("somebody");
  }

  @Test
  void ownsSmallPartitionsByTenantAndLargeOnesEach() throws Exception {
    appendProfiles(9, 10);
    MaintenanceContext context = lake.context();
    context.tables().refresh();
    List<CompactionTask> tasks = new CompactionPlanner().plan(context);
    assertThat(tasks).hasSize(1);
    assertThat(tasks.get(0).mode()).isEqualTo(CompactionMode.SORT);
    assertThat(tasks.get(0).subject()).startsWith("profiles: sort small partitions, group ");
    assertThat(tasks.get(0).partitions())
        .containsExactly(new Partition(LakeTable.PROFILES, RandomRows.TENANT, RandomRows.HOUR));
    assertThat(tasks.get(0).partitions().get(0)).hasToString("t 2025-11-24T16");
  }

  private void appendProfiles(int files, int rows) throws IOException {
    for (int i = 0; i < files; i++) {
      lake.append(PROFILES, rows(random::profile, rows));
    }
  }

  private List<Path> dataFilesOnDisk(String prefix) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(file -> file.getFileName().toString().startsWith(prefix)).toList();
    }
  }

  private static PartitionVersion version(Table table) throws IOException {
    PartitionVersion version = PartitionVersion.EMPTY;
    for (DataFile file : RewriteFixture.files(table)) {
      version = version.plus(file);
    }

    return version;
  }

  /** Returns all rows as Iceberg's generic reader gives them, in a form that can be compared. */
  private static List<String> texts(Table table) {
    table.refresh();
    List<String> texts = new ArrayList<>();
    for (Record row : IcebergRows.read(table)) {
      List<Object> values = new ArrayList<>();
      for (Types.NestedField column : table.schema().columns()) {
        values.add(plain(row.getField(column.name())));
      }

      texts.add(values.toString());
    }

    texts.sort(null);
    return texts;
  }

  private static Object plain(@Nullable Object value) {
    if (value instanceof List<?> list) {
      return list.stream().map(CompactionTest::plain).toList();
    }

    if (value instanceof byte[] bytes) {
      return Arrays.toString(bytes);
    }

    return value instanceof Map<?, ?> map ? new TreeMap<>(map) : String.valueOf(value);
  }

  private static Metrics bounds(String location) {
    // Says that the deletes are of one file only.
    int pathId = 2147483546;
    ByteBuffer path = ByteBuffer.wrap(location.getBytes(StandardCharsets.UTF_8));
    return new Metrics(1L, null, null, null, null, Map.of(pathId, path), Map.of(pathId, path));
  }

  private static <R> List<R> rows(Supplier<R> random, int count) {
    return new ArrayList<>(Stream.generate(random).limit(count).toList());
  }
}
