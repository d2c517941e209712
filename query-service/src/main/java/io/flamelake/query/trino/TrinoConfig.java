/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which Trino server to ask, and how.
 *
 * @param url {@code jdbc:trino://host:port/catalog/schema}; the schema is the one that has table
 *     {@code profiles}
 * @param user whose queries they are
 * @param password for the user; needs TLS; null: none
 * @param accessToken JWT to log in with; needs TLS; null: none
 * @param tls what to check of the server's certificate
 * @param sessionProperties Trino's, {@code catalog.name} for those of a catalog
 * @param queryTimeout Trino ends a query that has been running for so long
 * @param maxConnections queries that may run in Trino at once; more of them wait
 * @param stackCacheBytes function names of stacks to keep
 * @param seriesCacheBytes label sets to keep
 */
public record TrinoConfig(
    String url,
    String user,
    @Nullable String password,
    @Nullable String accessToken,
    TrinoTls tls,
    Map<String, String> sessionProperties,
    Duration queryTimeout,
    int maxConnections,
    long stackCacheBytes,
    long seriesCacheBytes) {
  private static final String PREFIX = "jdbc:trino://";

  public TrinoConfig {
    requireNonNull(url, "url");
    requireNonNull(user, "user");
    requireNonNull(tls, "tls");
    sessionProperties = new TreeMap<>(sessionProperties);
    checkUrl(url);
    if (user.isEmpty()) {
      throw new IllegalArgumentException("user: '' (expected: a name)");
    }

    if (password != null && accessToken != null) {
      throw new IllegalArgumentException("accessToken (expected: none where there is a password)");
    }

    if ((password != null || accessToken != null) && !tls.isEnabled()) {
      throw new IllegalArgumentException(
          "tls: off (expected: on, since Trino takes no password and no token without)");
    }

    if (queryTimeout.toMillis() < 1) {
      throw new IllegalArgumentException("queryTimeout: " + queryTimeout + " (expected: >= 1 ms)");
    }

    if (maxConnections < 1) {
      throw new IllegalArgumentException("maxConnections: " + maxConnections + " (expected: >= 1)");
    }
  }

  /** Starts from the defaults. */
  public static TrinoConfigBuilder builder(String url) {
    return new TrinoConfigBuilder(url);
  }

  private static void checkUrl(String url) {
    String path = url.startsWith(PREFIX) ? url.substring(PREFIX.length()) : "";
    String[] parts = path.split("/", -1);
    if (parts.length != 3
        || parts[0].isEmpty()
        || parts[1].isEmpty()
        || parts[2].isEmpty()
        || path.contains("?")) {
      throw new IllegalArgumentException(
          "url: '" + url + "' (expected: jdbc:trino://host:port/catalog/schema)");
    }
  }

  /** All but the secrets. */
  @Override
  public String toString() {
    return "TrinoConfig[" + url + ", user=" + user + ", tls=" + tls + ']';
  }
}
