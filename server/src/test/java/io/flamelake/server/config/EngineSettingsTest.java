/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.query.trino.TrinoConfig;
import io.flamelake.query.trino.TrinoTls;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EngineSettingsTest {
  private static final String URL = "jdbc:trino://trino:8443/lake/flamelake";

  @Test
  void defaults() {
    assertThat(Bindings.defaults(EngineSettings.class).toTrinoConfig(1)).isNull();
    assertThat(
            Bindings.bind(EngineSettings.class, "query.engine", "trino", "query.trino.url", URL)
                .toTrinoConfig(300))
        .isEqualTo(TrinoConfig.builder(URL).cacheBytes(300).build());
  }

  @Test
  void everyKeyMaps() {
    EngineSettings settings =
        Bindings.bind(
            EngineSettings.class,
            "query.engine",
            "trino",
            "query.trino.url",
            URL,
            "query.trino.user",
            "profiler",
            "query.trino.password",
            "p",
            "query.trino.ssl-verification",
            "ca",
            "query.trino.ssl-trust-store-path",
            "/etc/trust.pem",
            "query.trino.ssl-trust-store-password",
            "t",
            "query.trino.session-properties.query_priority",
            "5",
            "query.trino.session-properties.lake.parquet_use_bloom_filter",
            "false",
            "query.trino.query-timeout",
            "7s",
            "query.trino.max-connections",
            "8");

    assertThat(settings.toTrinoConfig(300))
        .isEqualTo(
            new TrinoConfig(
                URL,
                "profiler",
                "p",
                null,
                new TrinoTls(TrinoTls.Verification.CA, "/etc/trust.pem", "t"),
                Map.of("query_priority", "5", "lake.parquet_use_bloom_filter", "false"),
                Duration.ofSeconds(7),
                8,
                200,
                100));
  }

  @Test
  void takesAnAccessTokenInsteadOfAPassword() {
    EngineSettings settings =
        Bindings.bind(
            EngineSettings.class,
            "query.engine",
            "trino",
            "query.trino.url",
            URL,
            "query.trino.access-token",
            "ey",
            "query.trino.ssl-verification",
            "full");

    assertThat(settings.toTrinoConfig(0))
        .extracting(TrinoConfig::accessToken, TrinoConfig::password)
        .containsExactly("ey", null);
  }

  @Test
  void refusesWhatCannotWork() {
    assertRefused("query.engine: 'spark' (expected: lake or trino)", "query.engine", "spark");
    assertRefused(
        "query.trino.url: '' (expected: jdbc:trino://host:port/catalog/schema, since query.engine"
            + " is trino)",
        "query.engine",
        "trino");
    assertRefused(
        "query.trino.ssl-verification: 'yes' (expected: off, none, ca or full)",
        "query.trino.ssl-verification",
        "yes");
  }

  @Test
  void refusesKeysThatContradictEachOther() {
    assertThatThrownBy(
            () ->
                Bindings.bind(
                        EngineSettings.class,
                        "query.engine",
                        "trino",
                        "query.trino.url",
                        URL,
                        "query.trino.password",
                        "p")
                    .toTrinoConfig(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("tls: off (expected: on, since Trino takes no password and no token without)");
    assertThatThrownBy(
            () ->
                Bindings.bind(
                        EngineSettings.class,
                        "query.engine",
                        "trino",
                        "query.trino.url",
                        "http://trino:8080")
                    .toTrinoConfig(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("url: 'http://trino:8080' (expected: jdbc:trino://host:port/catalog/schema)");
  }

  private static void assertRefused(String message, String... keysAndValues) {
    assertThatThrownBy(() -> Bindings.bind(EngineSettings.class, keysAndValues))
        .isInstanceOf(ConfigException.class)
        .hasMessage(message);
  }
}
