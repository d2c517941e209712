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
                Bindings.defaults(EngineSettings.class),
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
                "query.max-nodes-on-merged-profiles",
                "true",
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
                "8MiB",
                "query.async.max-per-tenant",
                "9",
                "query.async.timeout",
                "11m",
                "query.async.result-ttl",
                "12h",
                "query.ad-hoc.max-profile-bytes",
                "13MiB",
                "query.ad-hoc.max-profiles-per-tenant",
                "14"))
        .isEqualTo(
            new QuerySettings(
                Duration.ofHours(2),
                Duration.ofDays(30),
                1000,
                2000,
                true,
                10,
                Duration.ofSeconds(5),
                3,
                4,
                6,
                DataSize.parse("7MiB"),
                Duration.ofSeconds(1),
                DataSize.parse("8MiB"),
                9,
                Duration.ofMinutes(11),
                Duration.ofHours(12),
                DataSize.parse("13MiB"),
                14));
  }
}
