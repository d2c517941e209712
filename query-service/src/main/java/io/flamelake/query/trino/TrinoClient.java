/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import io.flamelake.model.TenantId;
import io.flamelake.query.ProfileStoreException;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.QueryTooLargeException;
import io.trino.jdbc.QueryStats;
import io.trino.jdbc.TrinoResultSet;
import io.trino.jdbc.TrinoStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs statements in Trino, and ends them there when nobody waits any more. */
final class TrinoClient implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrinoClient.class);

  /**
   * Codes of Trino's for a query that takes more than it may: text too long, memory of a function,
   * too many stages, code too large; memory of the cluster, CPU time, spill, memory of a node,
   * bytes scanned.
   */
  private static final Set<Integer> TOO_LARGE =
      Set.of(35, 37, 40, 132, 131_073, 131_077, 131_078, 131_079, 131_081);

  private final String url;
  private final int timeoutSeconds;
  private final TrinoConnections connections;
  private final ExecutorService canceller =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "trino-cancel");
            thread.setDaemon(true);
            return thread;
          });

  /** Is shown one row after the other. */
  @FunctionalInterface
  interface RowConsumer {
    void accept(ResultSet row) throws SQLException;
  }

  TrinoClient(TrinoConfig config) {
    this.url = config.url();
    this.timeoutSeconds = timeoutSeconds(config.queryTimeout());
    this.connections = new TrinoConnections(config);
  }

  private static int timeoutSeconds(Duration timeout) {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(1, timeout.plusMillis(999).toSeconds()));
  }

  /**
   * Shows all rows of a statement's result to the consumer, on the calling thread.
   *
   * @param what names the kind of the query in Trino's list of queries, beside the tenant
   * @return what Trino did for it
   * @throws ProfileStoreException if there is no complete result
   * @throws QueryTooLargeException if Trino refuses to spend so much on the query
   * @throws io.flamelake.query.QueryCancelledException once cancelled
   */
  QueryStats forEachRow(
      TenantId tenant, String what, Sql sql, QueryCancellation cancellation, RowConsumer consumer) {
    cancellation.check();
    try (TrinoConnections.Lease lease = connections.acquire(cancellation)) {
      Connection connection = lease.connection();
      connection.setClientInfo("ClientInfo", "tenant " + tenant.value() + ", " + what);
      try (PreparedStatement statement = connection.prepareStatement(sql.text())) {
        statement.setQueryTimeout(timeoutSeconds);
        // A cancellation that comes before Trino knows the query finds nothing to cancel: this is
        // called while the query is waited for, and ends it then.
        statement.unwrap(TrinoStatement.class).setProgressMonitor(stats -> cancellation.check());
        sql.bindTo(statement);
        return run(statement, cancellation, consumer);
      }
    } catch (SQLException e) {
      cancellation.check();
      throw failure(what, e);
    }
  }

  private QueryStats run(
      PreparedStatement statement, QueryCancellation cancellation, RowConsumer consumer)
      throws SQLException {
    try (QueryCancellation.Registration registration =
            cancellation.onCancel(() -> canceller.execute(() -> cancel(statement)));
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        cancellation.check();
        consumer.accept(rows);
      }

      // Rows end early without an error when the statement was cancelled.
      cancellation.check();
      return rows.unwrap(TrinoResultSet.class).getStats();
    }
  }

  private static void cancel(Statement statement) {
    try {
      if (!statement.isClosed()) {
        statement.cancel();
      }
    } catch (SQLException e) {
      // Lost against the end of the query, or Trino is gone; either way it ends by itself.
      LOG.debug("A query could not be cancelled", e);
    }
  }

  private RuntimeException failure(String what, SQLException failure) {
    if (TOO_LARGE.contains(failure.getErrorCode())) {
      LOG.info("Trino at {} refused to {}", url, what, failure);
      return new QueryTooLargeException(
          "Query takes more than Trino may spend on it, narrow the time range or the selector");
    }

    return new ProfileStoreException(
        "Trino at " + url + " could not " + what + ": " + failure.getMessage(), failure);
  }

  @Override
  public void close() {
    canceller.shutdownNow();
    connections.close();
  }
}
