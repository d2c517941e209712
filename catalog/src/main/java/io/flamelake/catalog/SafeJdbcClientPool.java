/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.util.Map;
import org.apache.iceberg.CatalogProperties;
import org.apache.iceberg.jdbc.JdbcClientPool;

/**
 * Connections that never run a statement twice.
 *
 * <p>Iceberg's pool answers a lost connection by running the action again. When what got lost was
 * the answer to the update of a commit, the second update finds another version than it expects,
 * the commit counts as failed, and the files of a commit that was made are deleted. Here a
 * connection is tried before its use and replaced if it is dead; one that breaks during the action
 * makes the outcome unknown, which is what it is.
 */
final class SafeJdbcClientPool extends JdbcClientPool {
  private static final int VALIDATION_SECONDS = 10;

  private SafeJdbcClientPool(int size, String uri, Map<String, String> properties) {
    super(size, uri, properties);
  }

  static SafeJdbcClientPool of(Map<String, String> properties) {
    int size =
        Integer.parseInt(
            properties.getOrDefault(
                CatalogProperties.CLIENT_POOL_SIZE,
                String.valueOf(CatalogProperties.CLIENT_POOL_SIZE_DEFAULT)));
    return new SafeJdbcClientPool(
        size, properties.getOrDefault(CatalogProperties.URI, ""), properties);
  }

  @Override
  public <R> R run(Action<R, Connection, SQLException> action, boolean retry)
      throws SQLException, InterruptedException {
    return super.run(connection -> runOnce(action, connection), retry);
  }

  private <R> R runOnce(Action<R, Connection, SQLException> action, Connection connection)
      throws SQLException {
    if (!connection.isValid(VALIDATION_SECONDS)) {
      // The pool connects again and comes back.
      throw new SQLTransientConnectionException("The connection is dead");
    }

    try {
      return action.run(connection);
    } catch (SQLException e) {
      if (isConnectionException(e)) {
        throw new SQLNonTransientConnectionException(
            "The connection broke, the outcome is unknown", e);
      }

      throw e;
    }
  }
}
