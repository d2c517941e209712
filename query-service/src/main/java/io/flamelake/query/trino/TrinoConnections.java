/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import io.flamelake.query.ProfileStoreException;
import io.flamelake.query.QueryCancellation;
import io.trino.jdbc.TrinoDriver;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions with Trino, each used by one query at a time. A session is no socket: it is what is sent
 * along with each request, so that it cannot break and needs no test before use. Safe for use by
 * many threads.
 */
final class TrinoConnections implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrinoConnections.class);
  private static final long POLL_MILLIS = 50;

  private final String url;
  private final Properties properties;
  private final TrinoDriver driver = new TrinoDriver();
  private final Semaphore permits;
  private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();

  /** A session to be given back. */
  final class Lease implements AutoCloseable {
    private final Connection connection;

    Lease(Connection connection) {
      this.connection = connection;
    }

    Connection connection() {
      return connection;
    }

    @Override
    public void close() {
      idle.push(connection);
      permits.release();
    }
  }

  TrinoConnections(TrinoConfig config) {
    this.url = config.url();
    this.properties = properties(config);
    this.permits = new Semaphore(config.maxConnections(), true);
  }

  private static Properties properties(TrinoConfig config) {
    Properties properties = new Properties();
    properties.setProperty("user", config.user());
    properties.setProperty("source", "flamelake");
    // The statement then travels in the body, which has no such limits as a header.
    properties.setProperty("explicitPrepare", "false");
    properties.setProperty("timezone", "UTC");
    set(properties, "password", config.password());
    set(properties, "accessToken", config.accessToken());
    TrinoTls tls = config.tls();
    if (tls.isEnabled()) {
      properties.setProperty("SSL", "true");
      properties.setProperty("SSLVerification", tls.verification().name());
      set(properties, "SSLTrustStorePath", tls.trustStorePath());
      set(properties, "SSLTrustStorePassword", tls.trustStorePassword());
    }

    if (!config.sessionProperties().isEmpty()) {
      properties.setProperty(
          "sessionProperties",
          config.sessionProperties().entrySet().stream()
              .map(TrinoConnections::sessionProperty)
              .collect(Collectors.joining(";")));
    }

    return properties;
  }

  private static void set(Properties properties, String name, @Nullable String value) {
    if (value != null) {
      properties.setProperty(name, value);
    }
  }

  private static String sessionProperty(Map.Entry<String, String> property) {
    return property.getKey() + ':' + property.getValue();
  }

  /**
   * Waits for a session.
   *
   * @throws io.flamelake.query.QueryCancelledException if cancelled before there was one
   */
  Lease acquire(QueryCancellation cancellation) throws SQLException {
    try {
      while (!permits.tryAcquire(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        cancellation.check();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ProfileStoreException("Interrupted while waiting for a connection to Trino", e);
    }

    boolean leased = false;
    try {
      Connection connection = idle.poll();
      Lease lease = new Lease(connection == null ? connect() : connection);
      leased = true;
      return lease;
    } finally {
      if (!leased) {
        permits.release();
      }
    }
  }

  private Connection connect() throws SQLException {
    Connection connection = driver.connect(url, properties);
    if (connection == null) {
      throw new SQLException("Not a URL of Trino: " + url);
    }

    return connection;
  }

  @Override
  public void close() {
    for (Connection connection = idle.poll(); connection != null; connection = idle.poll()) {
      try {
        connection.close();
      } catch (SQLException e) {
        LOG.warn("A connection to {} did not close cleanly", url, e);
      }
    }

    try {
      driver.close();
    } catch (IOException e) {
      LOG.warn("The driver for {} did not close cleanly", url, e);
    }
  }
}
