/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import io.flamelake.query.trino.TrinoConfig;
import io.flamelake.query.trino.TrinoTls;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What scans the tables for a query. */
@ConfigSection("Query engine")
public record EngineSettings(
    @ConfigKey(
            name = "query.engine",
            defaultValue = "lake",
            description =
                "`lake`: the querier scans the tables itself. `trino`: a Trino server does, which"
                    + " has them in a catalog of its own.")
        String engine,
    @ConfigKey(
            name = "query.trino.url",
            description =
                "`jdbc:trino://host:port/catalog/schema`; the schema is the one with table"
                    + " `profiles`. Needed with `query.engine: trino`.")
        String url,
    @ConfigKey(
            name = "query.trino.user",
            defaultValue = "flamelake",
            description = "Whose queries they are in Trino.")
        String user,
    @ConfigKey(name = "query.trino.password", description = "The user's password; needs TLS.")
        String password,
    @ConfigKey(
            name = "query.trino.access-token",
            description = "A JWT to log in with instead of a password; needs TLS.")
        String accessToken,
    @ConfigKey(
            name = "query.trino.ssl-verification",
            defaultValue = "off",
            description =
                "`off`: no TLS. `full`: TLS, the server's certificate has to be trusted and to be"
                    + " of its host. `ca`: of whatever host. `none`: TLS without any check.")
        String sslVerification,
    @ConfigKey(
            name = "query.trino.ssl-trust-store-path",
            description =
                "Certificates to trust, as a PEM, JKS or PKCS#12 file. Empty: those of the JVM.")
        String sslTrustStorePath,
    @ConfigKey(
            name = "query.trino.ssl-trust-store-password",
            description = "The trust store's password.")
        String sslTrustStorePassword,
    @ConfigKey(
            name = "query.trino.session-properties.*",
            description =
                "Trino's session properties for all queries, for example `query_priority`; those of"
                    + " a catalog as `catalog.name`.")
        Map<String, String> sessionProperties,
    @ConfigKey(
            name = "query.trino.query-timeout",
            defaultValue = "60s",
            description = "Trino ends a query that has been running for so long.")
        Duration queryTimeout,
    @ConfigKey(
            name = "query.trino.max-connections",
            defaultValue = "16",
            description = "Statements that run in Trino at once; more of them wait.")
        int maxConnections) {
  private static final String LAKE = "lake";
  private static final String TRINO = "trino";

  public EngineSettings {
    sessionProperties = new TreeMap<>(sessionProperties);
    if (!engine.equals(LAKE) && !engine.equals(TRINO)) {
      throw new IllegalArgumentException(
          "query.engine: '" + engine + "' (expected: lake or trino)");
    }

    if (engine.equals(TRINO) && url.isEmpty()) {
      throw new IllegalArgumentException(
          "query.trino.url: '' (expected: jdbc:trino://host:port/catalog/schema, since"
              + " query.engine is trino)");
    }

    verification(sslVerification);
  }

  /**
   * The Trino to ask; null if the querier scans the tables itself.
   *
   * @param cacheBytes for what was read of the tables
   * @throws IllegalArgumentException if keys contradict each other
   */
  @Nullable TrinoConfig toTrinoConfig(long cacheBytes) {
    if (engine.equals(LAKE)) {
      return null;
    }

    return TrinoConfig.builder(url)
        .user(user)
        .password(emptyToNull(password))
        .accessToken(emptyToNull(accessToken))
        .tls(
            new TrinoTls(
                verification(sslVerification),
                emptyToNull(sslTrustStorePath),
                emptyToNull(sslTrustStorePassword)))
        .sessionProperties(sessionProperties)
        .queryTimeout(queryTimeout)
        .maxConnections(maxConnections)
        .cacheBytes(cacheBytes)
        .build();
  }

  private static TrinoTls.Verification verification(String name) {
    for (TrinoTls.Verification verification : TrinoTls.Verification.values()) {
      if (name.equals(verification.name().toLowerCase(Locale.ROOT))) {
        return verification;
      }
    }

    throw new IllegalArgumentException(
        "query.trino.ssl-verification: '" + name + "' (expected: off, none, ca or full)");
  }

  private static @Nullable String emptyToNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
