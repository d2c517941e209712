/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trino's own maintenance of the tables, over and over. A statement may lose against other commits;
 * that it fails is Trino's to bear.
 */
final class ForeignMaintenance implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(ForeignMaintenance.class);

  /** Trino refuses to remove what is younger than a week without these; docs/trino.md has them. */
  static final Map<String, String> CATALOG_PROPERTIES =
      Map.of(
          "iceberg.expire-snapshots.min-retention", "20m",
          "iceberg.remove-orphan-files.min-retention", "3h");

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final List<String> TABLES = List.of("profiles", "stacks", "series");

  /** One of them follows each {@code optimize}. */
  private static final List<String> OTHERS =
      List.of(
          "expire_snapshots(retention_threshold => '20m')",
          "remove_orphan_files(retention_threshold => '3h')",
          "optimize_manifests");

  private final Connection connection;
  private final Map<String, Integer> done = new ConcurrentSkipListMap<>();
  private final Map<String, Integer> lost = new ConcurrentSkipListMap<>();
  private final AtomicInteger rounds = new AtomicInteger();
  private volatile boolean stopped;

  /**
   * @param connection used by one thread at a time; stays the caller's to close
   */
  ForeignMaintenance(Connection connection) {
    this.connection = connection;
  }

  @Override
  public void run() {
    for (int round = 0; !stopped; round++) {
      for (String sql : statements(round)) {
        try {
          execute(sql);
          done.merge(sql, 1, Integer::sum);
        } catch (SQLException e) {
          LOG.info("{} failed: {}", sql, e.getMessage());
          lost.merge(sql, 1, Integer::sum);
        }
      }

      rounds.incrementAndGet();
    }
  }

  void stop() {
    stopped = true;
  }

  /** How often each table was optimized, or was tried to be. */
  int rounds() {
    return rounds.get();
  }

  /** Each statement once more, again where Flamelake's own maintenance came in between. */
  void complete() {
    for (int round = 0; round < OTHERS.size(); round++) {
      for (String sql : statements(round)) {
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(500))
            .ignoreExceptionsInstanceOf(SQLException.class)
            .until(
                () -> {
                  execute(sql);
                  return true;
                });
      }
    }
  }

  boolean hasOptimizedEachTable() {
    return done.keySet().containsAll(statements("optimize"));
  }

  private static List<String> statements(int round) {
    List<String> statements = new ArrayList<>(statements("optimize"));
    statements.addAll(statements(OTHERS.get(round % OTHERS.size())));
    return statements;
  }

  private static List<String> statements(String procedure) {
    return TABLES.stream().map(table -> "ALTER TABLE " + table + " EXECUTE " + procedure).toList();
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @Override
  public String toString() {
    return "done " + done + ", lost " + lost;
  }
}
