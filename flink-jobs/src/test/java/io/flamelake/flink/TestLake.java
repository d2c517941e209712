/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.LakeTables;
import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.catalog.ProfilesTable;
import io.flamelake.catalog.SeriesTable;
import io.flamelake.catalog.StacksTable;
import io.flamelake.flink.TestProfiles.TestProfile;
import io.flamelake.flink.source.SegmentLogLocation;
import io.flamelake.segment.Lane;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.SegmentWriter;
import io.flamelake.segment.store.ObjectStore;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.awaitility.Awaitility;

/**
 * A segment log and a catalog in a directory, and the ledger of what was written to the log. What
 * the tables hold is read with Iceberg's generic reader.
 */
final class TestLake implements AutoCloseable {

  private final Path directory;
  private final CatalogConfig catalogConfig;
  private final ObjectStore store;
  private final SegmentLog log;

  /** By row: tenant, profile id and profile type. */
  private final Map<String, Long> expectedTotals = new TreeMap<>();

  /** By tenant, profile type, service and stack. */
  private final Map<String, Long> expectedSums = new TreeMap<>();

  TestLake(Path directory) {
    this(directory, CatalogConfig.embedded(directory));
  }

  TestLake(Path directory, CatalogConfig catalogConfig) {
    this.directory = directory;
    this.catalogConfig = catalogConfig;
    this.store = location().openStore();
    this.log = new SegmentLog(store);
  }

  CatalogConfig catalogConfig() {
    return catalogConfig;
  }

  SegmentLogLocation location() {
    return new SegmentLogLocation(
        directory.resolve("objects").toUri().toString(), Map.of("local.durability", "page-cache"));
  }

  Path objectFile(SegmentId segment) {
    return directory.resolve("objects").resolve(segment.key().value());
  }

  Path lanesDirectory() {
    return directory.resolve("objects").resolve("segments");
  }

  Path stateDirectory() {
    return directory.resolve("flink");
  }

  SegmentLog log() {
    return log;
  }

  IngestJobConfigBuilder config() {
    return IngestJobConfig.builder(catalogConfig, location())
        .checkpointInterval(Duration.ofMillis(300))
        .pollInterval(Duration.ofMillis(50));
  }

  Lane openLane() {
    return Lane.open(store, Clock.systemUTC());
  }

  /** Writes profiles as one segment and expects them in the tables. */
  SegmentId push(Lane lane, List<TestProfile> profiles) {
    profiles.forEach(this::expect);
    return append(lane, profiles);
  }

  /** Writes profiles again that were pushed before. */
  SegmentId append(Lane lane, List<TestProfile> profiles) {
    SegmentWriter writer = new SegmentWriter();
    profiles.forEach(profile -> writer.add(profile.tenant(), profile.record()));
    return lane.append(writer.finish());
  }

  /** Expects profiles that were written before. */
  void expect(List<TestProfile> profiles) {
    profiles.forEach(this::expect);
  }

  long stackRows() {
    try (LakeCatalog catalog = LakeCatalog.open(catalogConfig)) {
      return IcebergRows.read(catalog.tables().stacks()).size();
    }
  }

  private void expect(TestProfile profile) {
    String tenant = profile.tenant().value();
    String service = profile.record().labels().value("service_name");
    profile
        .sums()
        .forEach(
            (type, byStack) -> {
              long total = byStack.values().stream().mapToLong(Long::longValue).sum();
              expectedTotals.put(rowKey(tenant, profile.record().profileId(), type), total);
              byStack.forEach(
                  (stack, value) ->
                      expectedSums.merge(
                          String.join("|", tenant, type, service, stack), value, Long::sum));
            });
  }

  /** Waits until the table's watermarks cover every segment of these lanes. */
  void awaitCommitted(Duration timeout, LaneId... lanes) {
    Awaitility.await()
        .atMost(timeout)
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              LaneWatermarks watermarks = watermarks();
              for (LaneId lane : lanes) {
                if (!log.segmentsAfter(lane, watermarks.sequence(lane.value())).isEmpty()) {
                  return false;
                }
              }

              return true;
            });
  }

  LaneWatermarks watermarks() {
    try (LakeCatalog catalog = LakeCatalog.open(catalogConfig)) {
      return LaneWatermarks.of(catalog.tables().profiles());
    }
  }

  /** Asserts that nothing is lost, nothing is there twice, and that every sum is right. */
  void assertExact() {
    try (LakeCatalog catalog = LakeCatalog.open(catalogConfig)) {
      LakeTables tables = catalog.tables();
      Map<String, String> stacks = stacks(tables.stacks());
      Map<String, Long> totals = new TreeMap<>();
      Map<String, Long> sums = new TreeMap<>();
      List<String> duplicates = new ArrayList<>();
      for (Record row : IcebergRows.read(tables.profiles())) {
        String tenant = (String) row.getField(ProfilesTable.TENANT);
        String type = (String) row.getField(ProfilesTable.PROFILE_TYPE);
        String service = (String) row.getField(ProfilesTable.SERVICE_NAME);
        String key = rowKey(tenant, row.getField(ProfilesTable.PROFILE_ID), type);
        if (totals.put(key, (long) row.getField(ProfilesTable.TOTAL_VALUE)) != null) {
          duplicates.add(key);
        }

        List<?> ids = (List<?>) row.getField(ProfilesTable.STACK_IDS);
        List<?> values = (List<?>) row.getField(ProfilesTable.VALUES);
        long day = Math.floorDiv(epochSeconds(row), 86_400L);
        for (int i = 0; i < ids.size(); i++) {
          String stack = stacks.get(stackKey(tenant, day, service, ids.get(i)));
          assertThat(stack).as("stack %s of %s", ids.get(i), key).isNotNull();
          sums.merge(
              String.join("|", tenant, type, service, stack), (long) values.get(i), Long::sum);
        }
      }

      assertThat(duplicates).as("rows stored more than once").isEmpty();
      assertThat(totals).as("rows").isEqualTo(expectedTotals);
      assertThat(sums).as("sums").isEqualTo(expectedSums);
      assertThat(
              IcebergRows.read(tables.series()).stream()
                  .map(r -> r.getField(SeriesTable.SERIES_ID)))
          .as("series")
          .containsAll(
              IcebergRows.read(tables.profiles()).stream()
                  .map(r -> r.getField(ProfilesTable.SERIES_ID))
                  .toList());
    }
  }

  @Override
  public void close() {
    store.close();
  }

  private static long epochSeconds(Record profile) {
    return ((OffsetDateTime) profile.getField(ProfilesTable.TS)).toEpochSecond();
  }

  private static Map<String, String> stacks(Table table) {
    Map<String, String> stacks = new HashMap<>();
    for (Record row : IcebergRows.read(table)) {
      List<?> functions = (List<?>) row.getField(StacksTable.FUNCTIONS);
      String stack = String.join(";", functions.stream().map(Object::toString).toList());
      long day = ((LocalDate) row.getField(StacksTable.DAY)).toEpochDay();
      String key =
          stackKey(
              (String) row.getField(StacksTable.TENANT),
              day,
              (String) row.getField(StacksTable.SERVICE_NAME),
              row.getField(StacksTable.STACK_ID));
      String other = stacks.put(key, stack);
      if (other != null) {
        assertThat(stack).as("second row of stack %s", key).isEqualTo(other);
      }
    }

    return stacks;
  }

  private static String stackKey(String tenant, long day, String service, Object stackId) {
    return tenant + "|" + day + "|" + service + "|" + stackId;
  }

  private static String rowKey(String tenant, Object profileId, String profileType) {
    return tenant + "|" + profileId + "|" + profileType;
  }
}
