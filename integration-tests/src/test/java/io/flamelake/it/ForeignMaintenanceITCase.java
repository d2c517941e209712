/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.flamelake.proto.push.v1.PushResponse;
import io.flamelake.testkit.Ledger;
import io.flamelake.testkit.LedgerChecker;
import io.flamelake.testkit.LedgerReport;
import io.flamelake.testkit.LoadReport;
import io.flamelake.testkit.TestProfiles;
import io.flamelake.testkit.TrinoCatalogs;
import io.flamelake.testkit.TrinoServer;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.Table;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * F23 of the fault list: Trino's own table maintenance runs without a pause while profiles are
 * pushed and committed every second, and questions are asked. {@code
 * -Dflamelake.optimize.rounds=30} is the long version.
 */
class ForeignMaintenanceITCase {
  private static final Logger LOG = LoggerFactory.getLogger(ForeignMaintenanceITCase.class);

  private static final String CATALOG = "lake";
  private static final String SCHEMA = "flamelake";
  private static final String TENANT = "counted";
  private static final String SERVICE = "counted";

  private static final Instant CLOSED_HOUR =
      Instant.now().truncatedTo(ChronoUnit.HOURS).minus(Duration.ofHours(26));

  private static final int ROUNDS = Integer.getInteger("flamelake.optimize.rounds", 2);
  private static final Duration LONGEST_ROUND = Duration.ofMinutes(3);
  private static final double PROFILES_PER_SECOND = 20;

  /** Where each test's server has its catalog, one after the other. */
  private static int port;

  private static TrinoServer trino;

  @BeforeAll
  static void startTrino() {
    port = FlamelakeProcess.freePort();
    trino = TrinoServer.start(Map.of(CATALOG, catalog()));
  }

  @AfterAll
  static void stopTrino() {
    if (trino != null) {
      trino.close();
    }
  }

  @ParameterizedTest
  @EnumSource(QueryEngine.class)
  void losesNothingAndAnswersToTheUnit(QueryEngine engine, @TempDir Path dir) throws Exception {
    Path ledgerFile = dir.resolve("ledger");
    try (FlamelakeProcess server =
            FlamelakeProcess.startOn(port, dir.resolve("data"), arguments(engine));
        UnitWriter writer = new UnitWriter(new FlamelakeClient(server, TENANT), SERVICE);
        Connection connection = trino.connect(CATALOG, SCHEMA)) {
      List<BoundedReader> readers = readers(server, writer);
      List<Thread> threads = new ArrayList<>(readers.stream().map(Thread::new).toList());
      ForeignMaintenance maintenance = new ForeignMaintenance(connection);
      threads.add(new Thread(maintenance, "foreign-maintenance"));
      writer.start();
      threads.forEach(Thread::start);

      LoadReport load =
          LedgerRun.load(server, ledgerFile, PROFILES_PER_SECOND, () -> awaitRounds(maintenance));
      writer.stop();
      readers.forEach(BoundedReader::stop);
      maintenance.stop();
      for (Thread thread : threads) {
        thread.join();
      }

      LOG.info("{}: {}, {}", engine, load, maintenance);
      for (BoundedReader reader : readers) {
        assertThat(reader.faults()).isEmpty();
        assertThat(reader.answers()).as(reader.name()).isGreaterThan(3);
      }

      LedgerRun.awaitDrained(server.storage(), server.storage());
      LedgerReport report =
          LedgerChecker.check(Ledger.read(ledgerFile), LedgerRun.stored(server.storage()));
      LOG.info("{}: ledger: {}", engine, report);
      assertThat(report.isClean()).as(report.toString()).isTrue();
      assertThat(report.acknowledged()).isGreaterThan(10 * ROUNDS);
      expectTotal(server, writer.acknowledged());

      maintenance.complete();
      expectTotal(server, writer.acknowledged());
    }
  }

  /**
   * Trino writes down which rows of a file are deleted, in another file; the lake engine, which
   * does not read such files, says so and answers nothing until they are applied.
   */
  @Test
  void answersAgainWhenDeletedRowsAreTakenOut(@TempDir Path dir) throws Exception {
    try (FlamelakeProcess server =
            FlamelakeProcess.startOn(port, dir.resolve("data"), arguments(QueryEngine.LAKE));
        UnitWriter kept = new UnitWriter(new FlamelakeClient(server, TENANT), SERVICE);
        UnitWriter deleted = new UnitWriter(new FlamelakeClient(server, TENANT), "deleted");
        Connection connection = trino.connect(CATALOG, SCHEMA)) {
      for (UnitWriter writer : List.of(kept, deleted)) {
        writer.start();
        await().atMost(Duration.ofMinutes(1)).until(() -> writer.acknowledged() > 20);
        writer.stop();
      }

      LedgerRun.awaitDrained(server.storage(), server.storage());
      tagProfiles(server.storage(), "before");
      TrinoRows.execute(connection, "DELETE FROM profiles WHERE service_name = 'deleted'");
      FlamelakeClient client = new FlamelakeClient(server, TENANT);
      assertThatThrownBy(() -> CpuTotals.ofFlameGraph(client, SERVICE))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("answered 5");
      assertThat(server.log())
          .contains("has row-level deletes, which the lake engine does not apply");

      TrinoRows.execute(connection, "ALTER TABLE profiles EXECUTE optimize");
      expectTotal(server, kept.acknowledged());
      assertThat(CpuTotals.ofFlameGraph(client, "deleted")).isZero();
      assertThat(
              TrinoRows.of(connection, "SELECT count(*) FROM profiles FOR VERSION AS OF 'before'"))
          .containsExactly(List.of(kept.acknowledged() + deleted.acknowledged()));
    }
  }

  /** Trino does not keep the order of rows; the next maintenance run puts that right. */
  @Test
  void sortsAgainWhatTrinoOptimized(@TempDir Path dir) throws Exception {
    try (FlamelakeProcess server =
            FlamelakeProcess.startOn(
                port,
                dir.resolve("data"),
                HistoryServer.WITHOUT_MAINTENANCE,
                "-gateway.limits.reject-older-than=0s",
                "-ingester.checkpoint-interval=1s");
        Connection connection = trino.connect(CATALOG, SCHEMA)) {
      pushClosedHour(server);
      maintain(server);
      assertThat(profileFiles(connection)).singleElement().asString().startsWith("sorted-");

      pushClosedHour(server);
      TrinoRows.execute(connection, "ALTER TABLE profiles EXECUTE optimize");
      assertThat(profileFiles(connection)).singleElement().asString().doesNotStartWith("sorted-");

      maintain(server);
      assertThat(profileFiles(connection)).singleElement().asString().startsWith("sorted-");
      assertThat(TrinoRows.of(connection, "SELECT count(*) FROM profiles"))
          .containsExactly(List.of(2L));
    }
  }

  private static void pushClosedHour(FlamelakeProcess server) {
    byte[] pprof = TestProfiles.tinyCpu(CLOSED_HOUR);
    new FlamelakeClient(server, null)
        .call(
            PushRequests.METHOD,
            PushRequests.of(
                PushRequests.cpu(
                    SERVICE, PushRequests.sample(UUID.randomUUID().toString(), pprof))),
            PushResponse.getDefaultInstance());
    LedgerRun.awaitDrained(server.storage(), server.storage());
  }

  private static void maintain(FlamelakeProcess server) throws InterruptedException {
    MaintenanceRun.complete(server.storage(), List.of("-maintenance.closed-after=1ms"));
  }

  /** The names of the files of profiles that are in the table now. */
  private static List<Object> profileFiles(Connection connection) {
    return TrinoRows.of(
            connection,
            "SELECT regexp_extract(file_path, '[^/]+$') FROM \"profiles$files\" WHERE content = 0")
        .stream()
        .map(row -> requireNonNull(row.get(0)))
        .toList();
  }

  /** Trino can read a tag and not make one. */
  private static void tagProfiles(Path storage, String name) {
    try (OpenTables tables = OpenTables.of(storage)) {
      Table profiles = tables.profilesTable();
      long snapshotId = profiles.currentSnapshot().snapshotId();
      profiles.manageSnapshots().createTag(name, snapshotId).commit();
    }
  }

  private static void awaitRounds(ForeignMaintenance maintenance) {
    await()
        .atMost(LONGEST_ROUND.multipliedBy(ROUNDS))
        .pollInterval(Duration.ofMillis(500))
        .until(() -> maintenance.rounds() >= ROUNDS && maintenance.hasOptimizedEachTable());
  }

  private static Map<String, String> catalog() {
    Map<String, String> properties =
        new TreeMap<>(
            TrinoCatalogs.withLocalFiles(
                TrinoCatalogs.rest(URI.create("http://127.0.0.1:" + port + "/iceberg"))));
    properties.putAll(ForeignMaintenance.CATALOG_PROPERTIES);
    return properties;
  }

  private static String[] arguments(QueryEngine engine) {
    List<String> arguments =
        new ArrayList<>(
            List.of("-auth.multitenancy-enabled=true", "-ingester.checkpoint-interval=1s"));
    if (engine == QueryEngine.TRINO) {
      arguments.add("-query.engine=trino");
      arguments.add("-query.trino.url=" + trino.jdbcUrl(CATALOG, SCHEMA));
    }

    return arguments.toArray(String[]::new);
  }

  private static List<BoundedReader> readers(FlamelakeProcess server, UnitWriter writer) {
    FlamelakeClient client = new FlamelakeClient(server, TENANT);
    AtomicInteger neverDisturbed = new AtomicInteger();
    return List.of(
        new BoundedReader(
            "flame graph",
            client,
            asked -> CpuTotals.ofFlameGraph(asked, SERVICE),
            writer,
            neverDisturbed),
        new BoundedReader(
            "series",
            client,
            asked -> (long) CpuTotals.ofSeries(asked, SERVICE),
            writer,
            neverDisturbed));
  }

  private static void expectTotal(FlamelakeProcess server, long expected) {
    FlamelakeClient client = new FlamelakeClient(server, TENANT);
    assertThat(CpuTotals.ofFlameGraph(client, SERVICE)).isEqualTo(expected);
    assertThat(CpuTotals.ofSeries(client, SERVICE)).isEqualTo(expected);
  }
}
