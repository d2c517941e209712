/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.query.adhoc.AdHocConfig;
import io.flamelake.query.async.AsyncQueryConfig;
import io.flamelake.query.trino.TrinoConfig;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QueryConfigTest {
  @Test
  void defaults() {
    int processors = Runtime.getRuntime().availableProcessors();
    assertThat(QueryConfig.defaults())
        .isEqualTo(
            new QueryConfig(
                false,
                new QueryLimits(
                    Duration.ofHours(24), Duration.ofDays(7), 8_192, 1_048_576, false, 200_000),
                Duration.ofSeconds(60),
                new AsyncQueryConfig(5, Duration.ofMinutes(10), Duration.ofHours(1)),
                new AdHocConfig(16 << 20, 1_000),
                Math.max(2, 2 * processors),
                64,
                Duration.ofMillis(250),
                128L << 20,
                Duration.ofMinutes(15),
                processors,
                256L << 20,
                null));
  }

  @Test
  void everyKeyMaps() {
    TrinoConfig trino = TrinoConfig.builder("jdbc:trino://trino:8080/lake/flamelake").build();
    QueryConfig config =
        QueryConfig.builder()
            .multitenancyEnabled(true)
            .maxQueryLength(Duration.ofHours(1))
            .maxQueryLookback(Duration.ofDays(2))
            .defaultMaxNodes(3)
            .maxNodes(4)
            .limitsMergedProfiles(true)
            .maxSeries(5)
            .requestTimeout(Duration.ofSeconds(6))
            .maxConcurrentQueries(7)
            .maxConcurrentQueriesPerTenant(8)
            .tailRefreshInterval(Duration.ofMillis(9))
            .maxTailBytes(10)
            .duplicateWindow(Duration.ofMinutes(11))
            .scanThreads(12)
            .cacheBytes(13)
            .async(new AsyncQueryConfig(14, Duration.ofMinutes(15), Duration.ofHours(16)))
            .adHoc(new AdHocConfig(17, 18))
            .trino(trino)
            .build();
    assertThat(config)
        .isEqualTo(
            new QueryConfig(
                true,
                new QueryLimits(Duration.ofHours(1), Duration.ofDays(2), 3, 4, true, 5),
                Duration.ofSeconds(6),
                new AsyncQueryConfig(14, Duration.ofMinutes(15), Duration.ofHours(16)),
                new AdHocConfig(17, 18),
                7,
                8,
                Duration.ofMillis(9),
                10,
                Duration.ofMinutes(11),
                12,
                13,
                trino));
  }

  @Test
  void refusesDefaultAboveLimit() {
    assertThatThrownBy(() -> QueryConfig.builder().maxNodes(100).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("defaultMaxNodes: 8192 (expected: <= maxNodes, 100)");
  }

  @Test
  void refusesValuesOutOfRange() {
    assertThatThrownBy(() -> QueryConfig.builder().requestTimeout(Duration.ZERO).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("requestTimeout: PT0S (expected: >= 1 ms)");
    assertThatThrownBy(() -> QueryConfig.builder().maxQueryLength(Duration.ofHours(-1)).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxQueryLength: PT-1H (expected: >= 0)");
  }
}
