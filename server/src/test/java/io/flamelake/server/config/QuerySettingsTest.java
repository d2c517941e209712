/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.query.QueryConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuerySettingsTest {
  @Test
  void defaults() {
    QuerySettings defaults = Bindings.defaults(QuerySettings.class);

    // What is a share of the heap here is a fixed size there.
    assertThat(
            defaults.toQueryConfig(
                Bindings.defaults(TenancyConfig.class),
                Bindings.defaults(IngesterSettings.class).duplicateWindow()))
        .usingRecursiveComparison()
        .ignoringFields("cacheBytes", "maxTailBytes")
        .isEqualTo(QueryConfig.defaults());
    assertThat(defaults.cacheBytes()).isNull();
    assertThat(defaults.maxTailBytes()).isNull();
  }

  @Test
  void everyKeyMaps() {
    assertThat(
            Bindings.bind(
                QuerySettings.class,
                "query.max-query-length",
                "2h",
                "query.max-query-lookback",
                "30d",
                "query.default-max-nodes",
                "1000",
                "query.max-nodes",
                "2000",
                "query.max-series",
                "10",
                "query.request-timeout",
                "5s",
                "query.max-concurrent-queries",
                "3",
                "query.max-concurrent-queries-per-tenant",
                "4",
                "query.scan-threads",
                "6",
                "query.cache-bytes",
                "7MiB",
                "query.tail-refresh-interval",
                "1s",
                "query.max-tail-bytes",
                "8MiB"))
        .isEqualTo(
            new QuerySettings(
                Duration.ofHours(2),
                Duration.ofDays(30),
                1000,
                2000,
                10,
                Duration.ofSeconds(5),
                3,
                4,
                6,
                DataSize.parse("7MiB"),
                Duration.ofSeconds(1),
                DataSize.parse("8MiB")));
  }
}
