/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static io.flamelake.server.config.Checks.checkAtLeast;

import io.flamelake.query.QueryConfig;
import java.time.Duration;

/** Limits and caches of the querier. */
@ConfigSection("Querier")
public record QuerySettings(
    @ConfigKey(
            name = "query.max-query-length",
            defaultValue = "24h",
            description = "The longest time range of a query; `0` is unlimited.")
        Duration maxQueryLength,
    @ConfigKey(
            name = "query.max-query-lookback",
            defaultValue = "7d",
            description = "How far back a query sees; `0` is unlimited.")
        Duration maxQueryLookback,
    @ConfigKey(
            name = "query.default-max-nodes",
            defaultValue = "8192",
            description = "Nodes of a flame graph, when the request names no number.")
        int defaultMaxNodes,
    @ConfigKey(
            name = "query.max-nodes",
            defaultValue = "1048576",
            description = "The most nodes a request may ask for; `0` is unlimited.")
        int maxNodes,
    @ConfigKey(
            name = "query.max-series",
            defaultValue = "200000",
            description = "The most series one answer may hold.")
        int maxSeries,
    @ConfigKey(
            name = "query.request-timeout",
            defaultValue = "60s",
            description = "How long a query may run.")
        Duration requestTimeout,
    @ConfigKey(
            name = "query.max-concurrent-queries",
            defaultValue = "0",
            description = "Queries that run at once; `0` is twice the number of processors.")
        int maxConcurrentQueries,
    @ConfigKey(
            name = "query.max-concurrent-queries-per-tenant",
            defaultValue = "64",
            description = "Queries of one tenant that run or wait; more are answered with 429.")
        int maxConcurrentQueriesPerTenant,
    @ConfigKey(
            name = "query.tail-refresh-interval",
            defaultValue = "250ms",
            description = "How often new segments are fetched ahead of queries.")
        Duration tailRefreshInterval,
    @ConfigKey(
            name = "query.max-tail-size",
            defaultValue = "128MiB",
            description = "Memory for decoded segments that are not in the tables yet.")
        DataSize maxTailSize,
    @ConfigKey(
            name = "query.stack-cache-size",
            defaultValue = "128MiB",
            description = "Memory for stack traces kept across queries.")
        DataSize stackCacheSize) {

  public QuerySettings {
    checkAtLeast("query.max-concurrent-queries", maxConcurrentQueries, 0);
  }

  /** The querier's own configuration. */
  public QueryConfig toQueryConfig(TenancyConfig tenancy, Duration duplicateWindow) {
    int concurrent =
        maxConcurrentQueries == 0
            ? Math.max(2, 2 * Runtime.getRuntime().availableProcessors())
            : maxConcurrentQueries;
    return QueryConfig.builder()
        .multitenancyEnabled(tenancy.multitenancyEnabled())
        .maxQueryLength(maxQueryLength)
        .maxQueryLookback(maxQueryLookback)
        .defaultMaxNodes(defaultMaxNodes)
        .maxNodes(maxNodes)
        .maxSeries(maxSeries)
        .requestTimeout(requestTimeout)
        .maxConcurrentQueries(concurrent)
        .maxConcurrentQueriesPerTenant(maxConcurrentQueriesPerTenant)
        .tailRefreshInterval(tailRefreshInterval)
        .maxTailBytes(maxTailSize.bytes())
        .duplicateWindow(duplicateWindow)
        .stackCacheBytes(stackCacheSize.bytes())
        .build();
  }
}
