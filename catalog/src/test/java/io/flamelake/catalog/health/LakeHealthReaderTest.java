/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.FlameTable;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.LakeTables;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DataFiles;
import org.apache.iceberg.PartitionData;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericRecord;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.data.parquet.GenericParquetWriter;
import org.apache.iceberg.io.DataWriter;
import org.apache.iceberg.parquet.Parquet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeHealthReaderTest {
  private static final Instant FIRST_HOUR = Instant.parse("2026-03-01T10:00:00Z");
  private static final Instant LATER = FIRST_HOUR.plus(Duration.ofHours(5));
  private static final long LARGE = 120L << 20;

  private LakeCatalog catalog;
  private LakeTables tables;
  private LakeHealthReader reader;

  @BeforeEach
  void open(@TempDir Path dir) {
    catalog =
        LakeCatalog.open(
            new CatalogConfig(
                "test",
                "flamelake",
                Map.of(
                    "type",
                    "jdbc",
                    "uri",
                    "jdbc:sqlite:" + dir.resolve("catalog.db"),
                    "warehouse",
                    dir.resolve("warehouse").toUri().toString())));
    tables = catalog.tables();
    reader = new LakeHealthReader(catalog.tables(), Duration.ofMinutes(10));
  }

  @AfterEach
  void close() {
    catalog.close();
  }

  @Test
  void saysNothingOfAnEmptyLake() {
    LakeHealth health = reader.read(LATER);

    assertThat(health.tables())
        .extracting(TableHealth::table)
        .containsExactly("flame_1d", "flame_1h", "profiles", "series", "stacks");
    assertThat(health.tables())
        .allSatisfy(
            table -> {
              assertThat(table.files()).isZero();
              assertThat(table.lastCommit()).isNull();
              assertThat(table.metadataBytes()).isPositive();
            });
    assertThat(health.oldestUnrolledHour()).isNull();
    assertThat(health.bytesByTenant()).isEmpty();
  }

  @Test
  void countsFilesByPartition() {
    append(file("a", FIRST_HOUR, 100, 3), file("a", FIRST_HOUR, LARGE, 5));
    append(file("a", FIRST_HOUR.plusSeconds(3600), 200, 7));
    append(file("b", FIRST_HOUR, 300, 11), file("b", FIRST_HOUR, 400, 13));
    TableHealth profiles = profiles(reader.read(LATER));

    assertThat(profiles.files()).isEqualTo(5);
    // The only file of an hour has nothing to be merged with.
    assertThat(profiles.smallFiles()).isEqualTo(3);
    assertThat(profiles.partitions()).isEqualTo(3);
    assertThat(profiles.mostFilesInPartition()).isEqualTo(2);
    assertThat(profiles.rows()).isEqualTo(39);
    assertThat(profiles.bytes()).isEqualTo(1000 + LARGE);
    assertThat(profiles.bytesByTenant()).isEqualTo(Map.of("a", 300 + LARGE, "b", 700L));
    assertThat(profiles.snapshots()).isEqualTo(3);
    assertThat(profiles.manifests()).isEqualTo(3);
    assertThat(profiles.lastCommit()).isNotNull();
  }

  @Test
  void seesWhatWasCommittedAndRemovedSince() {
    DataFile first = file("a", FIRST_HOUR, 100, 3);
    append(first);
    assertThat(profiles(reader.read(LATER)).files()).isOne();
    append(file("a", FIRST_HOUR, 100, 4));
    tables.profiles().newDelete().deleteFile(first).commit();
    TableHealth profiles = profiles(reader.read(LATER));

    assertThat(profiles.files()).isOne();
    assertThat(profiles.rows()).isEqualTo(4);
  }

  @Test
  void findsTheOldestHourWithoutValidRollUp() throws IOException {
    append(file("a", FIRST_HOUR, 100, 3));
    append(file("a", FIRST_HOUR.plusSeconds(3600), 100, 3));
    Instant secondHourEnd = FIRST_HOUR.plusSeconds(7200);

    assertThat(reader.read(secondHourEnd).oldestUnrolledHour()).isEqualTo(FIRST_HOUR);
    assertThat(reader.read(secondHourEnd).unrolledHours()).as("the second is open").isOne();
    assertThat(reader.read(LATER).unrolledHours()).isEqualTo(2);

    rollUp("a", FIRST_HOUR, "shop", 10, 1, 3);
    assertThat(reader.read(LATER).oldestUnrolledHour()).isEqualTo(FIRST_HOUR.plusSeconds(3600));
    rollUp("a", FIRST_HOUR.plusSeconds(3600), "shop", 10, 2, 3);
    assertThat(reader.read(LATER).oldestUnrolledHour()).isNull();

    append(file("a", FIRST_HOUR, 100, 1));
    assertThat(reader.read(LATER).oldestUnrolledHour()).as("late data").isEqualTo(FIRST_HOUR);
  }

  @Test
  void dividesBytesBySamples() throws IOException {
    append(file("a", FIRST_HOUR, 1_000_000, 3));
    rollUp("a", FIRST_HOUR, "shop", 300, 1, 3);
    rollUp("a", FIRST_HOUR, "cart", 100, 1, 3);
    LakeHealth health = reader.read(LATER);
    long bytes = health.bytesByTenant().getOrDefault("a", 0L);

    assertThat(bytes).isGreaterThan(1_000_000);
    assertThat(health.bytesByService().get("a"))
        .isEqualTo(Map.of("shop", Math.round(bytes * 0.75), "cart", Math.round(bytes * 0.25)));
  }

  private static TableHealth profiles(LakeHealth health) {
    return health.tables().stream()
        .filter(table -> table.table().equals("profiles"))
        .findFirst()
        .orElseThrow();
  }

  private void append(DataFile... files) {
    var append = tables.profiles().newFastAppend();
    List.of(files).forEach(append::appendFile);
    append.commit();
  }

  /** Names a file that does not exist: enough for a commit. */
  private DataFile file(String tenant, Instant hour, long bytes, long rows) {
    return DataFiles.builder(tables.profiles().spec())
        .withPath(tables.profiles().location() + "/data/" + UUID.randomUUID() + ".parquet")
        .withPartition(partition(tables.profiles(), tenant, (int) (hour.getEpochSecond() / 3600)))
        .withFileSizeInBytes(bytes)
        .withRecordCount(rows)
        .build();
  }

  private static PartitionData partition(Table table, String tenant, int period) {
    PartitionData partition = new PartitionData(table.spec().partitionType());
    partition.set(0, tenant);
    partition.set(1, period);
    return partition;
  }

  private void rollUp(
      String tenant, Instant hour, String service, long samples, long sequence, long rows)
      throws IOException {
    Table flames = tables.flame1h();
    Map<String, Object> columns = new HashMap<>();
    columns.put(FlameTable.TENANT, tenant);
    columns.put(FlameTable.PROFILE_TYPE, "process_cpu:cpu:nanoseconds:cpu:nanoseconds");
    columns.put(FlameTable.SERVICE_NAME, service);
    columns.put(FlameTable.TS, OffsetDateTime.ofInstant(hour, ZoneOffset.UTC));
    columns.put(FlameTable.TOTAL_VALUE, 1L);
    columns.put(FlameTable.PROFILES, 1L);
    columns.put(FlameTable.SAMPLES, samples);
    columns.put(FlameTable.NAMES, List.of("main"));
    columns.put(FlameTable.PARENTS, List.of(1));
    columns.put(FlameTable.FUNCTIONS, List.of(0));
    columns.put(FlameTable.SELF, List.of(1L));
    columns.put(FlameTable.COVERED_SEQUENCE, sequence);
    columns.put(FlameTable.COVERED_ROWS, rows);
    String location = flames.location() + "/data/" + UUID.randomUUID() + ".parquet";
    DataWriter<Record> writer =
        Parquet.writeData(flames.io().newOutputFile(location))
            .forTable(flames)
            .withPartition(partition(flames, tenant, (int) (hour.getEpochSecond() / 86400)))
            .createWriterFunc(type -> GenericParquetWriter.create(flames.schema(), type))
            .build();
    try (writer) {
      writer.write(GenericRecord.create(flames.schema()).copy(columns));
    }

    flames.newAppend().appendFile(writer.toDataFile()).commit();
  }
}
