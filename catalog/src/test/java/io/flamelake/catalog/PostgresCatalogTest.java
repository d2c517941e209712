/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.iceberg.Table;
import org.apache.iceberg.exceptions.CommitFailedException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PostgreSQL as the catalog's database; each test has a catalog name of its own. */
class PostgresCatalogTest {
  private static final int THREADS = 4;
  private static final int COMMITS_PER_THREAD = 10;

  private static PostgresServer postgres;
  @TempDir private Path directory;

  @BeforeAll
  static void startPostgres() throws Exception {
    postgres = PostgresServer.start();
  }

  @AfterAll
  @SuppressWarnings("NullAway") // Null when there is no PostgreSQL and the tests are skipped.
  static void stopPostgres() throws Exception {
    if (postgres != null) {
      postgres.close();
    }
  }

  @Test
  void isOpenedForTheFirstTimeByManyAtOnce() throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    List<Callable<String>> openings = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      openings.add(
          () -> {
            start.await();
            try (LakeCatalog catalog = LakeCatalog.open(config("first"))) {
              return catalog.tables().profiles().location();
            }
          });
    }

    assertThat(run(openings)).hasSize(THREADS).containsOnly(warehouse() + "/flamelake/profiles");
  }

  @Test
  void losesNoCommitOfTwoProcesses() throws Exception {
    try (LakeCatalog first = LakeCatalog.open(config("two"));
        LakeCatalog second = LakeCatalog.open(config("two"))) {
      first.tables();
      List<Callable<String>> writers = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        String name = "writer-" + i;
        LakeCatalog catalog = i % 2 == 0 ? first : second;
        writers.add(
            () -> {
              for (int commit = 0; commit < COMMITS_PER_THREAD; commit++) {
                setProperty(catalog, name + "." + commit);
              }

              return name;
            });
      }

      run(writers);
      assertThat(profiles(second).properties().keySet())
          .filteredOn(key -> key.startsWith("writer-"))
          .hasSize(THREADS * COMMITS_PER_THREAD);
    }
  }

  @Test
  void connectsAgainAfterARestartOfTheDatabase() throws Exception {
    try (LakeCatalog catalog = LakeCatalog.open(config("restarted"))) {
      catalog.tables();
      setProperty(catalog, "before");
      postgres.restart();
      setProperty(catalog, "after");
      assertThat(profiles(catalog).properties()).containsKeys("before", "after");
    }
  }

  @Test
  void neverRunsAStatementTwice() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    try (SafeJdbcClientPool pool = SafeJdbcClientPool.of(Map.of("uri", postgres.uri()))) {
      assertThatThrownBy(
              () ->
                  pool.run(
                      connection -> {
                        runs.incrementAndGet();
                        breakConnection(connection);
                        return connection.createStatement().execute("SELECT 1");
                      }))
          .isInstanceOf(SQLNonTransientConnectionException.class)
          .hasMessage("The connection broke, the outcome is unknown");
      assertThat(runs).hasValue(1);
      boolean isAlive = pool.run(connection -> connection.createStatement().execute("SELECT 1"));
      assertThat(isAlive).as("the connection is replaced").isTrue();
    }
  }

  private static void breakConnection(Connection connection) {
    assertThatThrownBy(
            () ->
                connection
                    .createStatement()
                    .execute("SELECT pg_terminate_backend(pg_backend_pid())"))
        .isInstanceOf(SQLException.class);
  }

  private static void setProperty(LakeCatalog catalog, String name) {
    while (true) {
      try {
        profiles(catalog).updateProperties().set(name, "x").commit();
        return;
      } catch (CommitFailedException e) {
        // Another one was faster more often than Iceberg tries.
        assertThat(e).hasMessageContaining("profiles");
      }
    }
  }

  private static Table profiles(LakeCatalog catalog) {
    return catalog.iceberg().loadTable(catalog.identifier("profiles"));
  }

  private static List<String> run(List<Callable<String>> tasks) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(tasks.size());
    try {
      List<String> results = new ArrayList<>();
      for (Future<String> result : threads.invokeAll(tasks)) {
        results.add(result.get());
      }

      return results;
    } finally {
      threads.shutdown();
    }
  }

  private CatalogConfig config(String name) {
    Map<String, String> properties = new TreeMap<>();
    properties.put("type", "jdbc");
    properties.put("uri", postgres.uri());
    properties.put("warehouse", warehouse());
    return new CatalogConfig(name, "flamelake", properties);
  }

  private String warehouse() {
    return "file://" + directory.resolve("warehouse");
  }
}
