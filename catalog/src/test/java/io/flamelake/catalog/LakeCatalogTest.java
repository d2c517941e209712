/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.Table;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.SupportsNamespaces;
import org.apache.iceberg.types.Types.IntegerType;
import org.apache.iceberg.types.Types.StringType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeCatalogTest {
  @TempDir private Path directory;
  private CatalogConfig config;

  @BeforeEach
  void configure() {
    config = CatalogConfig.embedded(directory.resolve("data with space"));
  }

  @Test
  void createsTablesAsDefined() {
    try (LakeCatalog catalog = LakeCatalog.open(config)) {
      LakeTables tables = catalog.tables();

      assertDefined(tables.profiles(), ProfilesTable.DEFINITION);
      assertDefined(tables.stacks(), StacksTable.DEFINITION);
      assertDefined(tables.series(), SeriesTable.DEFINITION);
      assertDefined(tables.flame1h(), FlameTable.HOURLY_DEFINITION);
      assertDefined(tables.flame1d(), FlameTable.DAILY_DEFINITION);
      assertThat(tables.profiles().location())
          .isEqualTo("file://" + directory.resolve("data with space/warehouse/flamelake/profiles"));
    }
  }

  @Test
  void findsTablesAgain() {
    String location;
    try (LakeCatalog catalog = LakeCatalog.open(config)) {
      Table profiles = catalog.tables().profiles();
      profiles.newAppend().appendFile(TestProfileFiles.name(profiles, 1)).commit();
      location = ((BaseTable) profiles).operations().current().metadataFileLocation();
    }

    try (LakeCatalog catalog = LakeCatalog.open(config)) {
      Table profiles = catalog.tables().profiles();
      assertThat(profiles.currentSnapshot().summary()).containsEntry("total-data-files", "1");
      assertThat(((BaseTable) profiles).operations().current().metadataFileLocation())
          .isEqualTo(location);
    }
  }

  @Test
  void keepsDatabaseInWalModeWithFullSync() {
    assertThat(config.properties().get("uri"))
        .startsWith("jdbc:sqlite:")
        .contains("journal_mode=WAL", "synchronous=FULL", "busy_timeout=");
    try (LakeCatalog catalog = LakeCatalog.open(config)) {
      catalog.tables();
      assertThat(Files.exists(directory.resolve("data with space/catalog/flamelake.db-wal")))
          .as("write-ahead log exists")
          .isTrue();
    }
  }

  @Test
  void refusesTableWithoutAColumn() {
    try (LakeCatalog catalog = LakeCatalog.open(config)) {
      catalog.tables().profiles().updateSchema().deleteColumn(ProfilesTable.PROFILE_ID).commit();
    }

    assertIncompatible(
        "Table flamelake.flamelake.profiles: column profile_id is missing"
            + " (expected: required uuid with field id 14)");
  }

  @Test
  void refusesColumnOfAnotherType() {
    try (LakeCatalog catalog = LakeCatalog.open(config)) {
      Table stacks = catalog.tables().stacks();
      stacks.updateSchema().deleteColumn(StacksTable.ADDRESSES).commit();
      stacks.updateSchema().addColumn(StacksTable.ADDRESSES, StringType.get()).commit();
    }

    assertIncompatible(
        "Table flamelake.flamelake.stacks: column addresses is optional string with field id 17"
            + " (expected: optional list<long> with field id 10)");
  }

  @Test
  void refusesOtherPartitionSpec() {
    try (LakeCatalog catalog = LakeCatalog.open(config)) {
      catalog.tables().series().updateSpec().removeField(SeriesTable.DAY).commit();
    }

    assertIncompatibleStartingWith("Table flamelake.flamelake.series: the partition spec is");
  }

  @Test
  void refusesOtherSortOrder() {
    try (LakeCatalog catalog = LakeCatalog.open(config)) {
      catalog.tables().profiles().replaceSortOrder().asc(ProfilesTable.TS).commit();
    }

    assertIncompatibleStartingWith("Table flamelake.flamelake.profiles: the sort order is");
  }

  @Test
  void refusesOtherFormatVersion() {
    try (LakeCatalog catalog = LakeCatalog.open(config)) {
      catalog.tables().profiles().updateProperties().set("format-version", "3").commit();
    }

    assertIncompatible("Table flamelake.flamelake.profiles: the format version is 3 (expected: 2)");
  }

  @Test
  void leavesOptionalColumnOfOthersAlone() {
    try (LakeCatalog catalog = LakeCatalog.open(config)) {
      catalog.tables().profiles().updateSchema().addColumn("team", IntegerType.get()).commit();

      assertThat(catalog.tables().profiles().schema().findField("team")).isNotNull();
    }
  }

  @Test
  void setsPropertiesRightAndKeepsOthers() {
    try (LakeCatalog catalog = LakeCatalog.open(config)) {
      catalog
          .tables()
          .profiles()
          .updateProperties()
          .set("write.parquet.page-row-limit", "20000")
          .remove("write.metadata.metrics.default")
          .set("flamelake.lane.01JABCDEFGHJKMNPQRSTVWXYZ0", "7")
          .commit();

      Map<String, String> properties = catalog.tables().profiles().properties();

      assertThat(properties).containsAllEntriesOf(ProfilesTable.PROPERTIES);
      assertThat(properties).containsEntry("flamelake.lane.01JABCDEFGHJKMNPQRSTVWXYZ0", "7");
    }
  }

  @Test
  void letsManyOpenItForTheFirstTime() throws Exception {
    int openers = 6;
    ExecutorService threads = Executors.newFixedThreadPool(openers);
    try {
      CountDownLatch start = new CountDownLatch(1);
      List<Future<String>> uuids = new ArrayList<>();
      for (int i = 0; i < openers; i++) {
        uuids.add(
            threads.submit(
                () -> {
                  start.await();
                  try (LakeCatalog catalog = LakeCatalog.open(config)) {
                    return catalog.tables().profiles().uuid().toString();
                  }
                }));
      }

      start.countDown();
      String first = uuids.get(0).get(60, TimeUnit.SECONDS);
      for (Future<String> uuid : uuids) {
        assertThat(uuid.get(60, TimeUnit.SECONDS)).isEqualTo(first);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void takesAnyCatalogByProperties() {
    Map<String, String> properties =
        Map.of(
            "catalog-impl", "org.apache.iceberg.inmemory.InMemoryCatalog",
            "warehouse", "memory/warehouse");
    try (LakeCatalog catalog =
        LakeCatalog.open(new CatalogConfig("other", "profiling", properties))) {
      assertDefined(catalog.tables().profiles(), ProfilesTable.DEFINITION);
      assertThat(((SupportsNamespaces) catalog.iceberg()).listNamespaces())
          .containsExactly(Namespace.of("profiling"));
    }
  }

  @Test
  void shipsConfigWithJavaSerialization() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(config);
    }

    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(config);
    }
  }

  @Test
  void shipsTableWithJavaSerialization() throws Exception {
    try (LakeCatalog catalog = LakeCatalog.open(config)) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(catalog.tables().profiles().io());
      }

      assertThat(bytes.size()).isPositive();
    }
  }

  private void assertIncompatible(String message) {
    try (LakeCatalog catalog = LakeCatalog.open(config)) {
      assertThatThrownBy(catalog::tables)
          .isInstanceOf(IncompatibleTableException.class)
          .hasMessage(message);
    }
  }

  private void assertIncompatibleStartingWith(String message) {
    try (LakeCatalog catalog = LakeCatalog.open(config)) {
      assertThatThrownBy(catalog::tables)
          .isInstanceOf(IncompatibleTableException.class)
          .hasMessageStartingWith(message);
    }
  }

  private static void assertDefined(Table table, TableDefinition definition) {
    assertThat(table.schema().asStruct()).isEqualTo(definition.schema().asStruct());
    assertThat(table.spec().compatibleWith(definition.spec())).as("spec is as defined").isTrue();
    assertThat(table.spec().isPartitioned()).as("is partitioned").isTrue();
    assertThat(table.sortOrder().sameOrder(definition.sortOrder())).as("order").isTrue();
    assertThat(table.properties()).containsAllEntriesOf(definition.properties());
    assertThat(((BaseTable) table).operations().current().formatVersion()).isEqualTo(2);
  }
}
