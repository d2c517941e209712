/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuerySettingsTest {
  @Test
  void defaults() {
    assertThat(Bindings.defaults(QuerySettings.class))
        .isEqualTo(
            new QuerySettings(
                Duration.ofHours(24),
                Duration.ofDays(7),
                8192,
                1 << 20,
                200_000,
                Duration.ofSeconds(60),
                0,
                64,
                Duration.ofMillis(250),
                DataSize.parse("128MiB"),
                DataSize.parse("128MiB")));
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
                "query.tail-refresh-interval",
                "1s",
                "query.max-tail-size",
                "1GiB",
                "query.stack-cache-size",
                "64KiB"))
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
                Duration.ofSeconds(1),
                new DataSize(1L << 30),
                new DataSize(1 << 16)));
  }
}
