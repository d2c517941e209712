/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import io.flamelake.query.QueryConfig;
import io.flamelake.query.QueryLimits;
import io.flamelake.query.adhoc.AdHocConfig;
import io.flamelake.query.async.AsyncQueryConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

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
            name = "query.max-nodes-on-merged-profiles",
            defaultValue = "false",
            description =
                "Whether `query.default-max-nodes` holds for merged pprofs and other files too; if"
                    + " not, they are whole unless the request names a number.")
        boolean limitsMergedProfiles,
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
            defaultValue = "auto",
            description =
                "Queries that run at once; more of them wait. `auto`: twice the number of"
                    + " processors.")
        @Nullable Integer maxConcurrentQueries,
    @ConfigKey(
            name = "query.max-concurrent-queries-per-tenant",
            defaultValue = "64",
            description = "Queries of one tenant that run or wait; more are answered with 429.")
        int maxConcurrentQueriesPerTenant,
    @ConfigKey(
            name = "query.scan-threads",
            defaultValue = "auto",
            description =
                "Threads that one query scans the tables with. `auto`: one per processor.")
        @Nullable Integer scanThreads,
    @ConfigKey(
            name = "query.cache-bytes",
            defaultValue = "auto",
            description =
                "Memory for what was read of the tables: footers, columns, stacks, label sets."
                    + " `auto`: a sixth of the heap, 256 MiB at most.")
        @Nullable DataSize cacheBytes,
    @ConfigKey(
            name = "query.tail-refresh-interval",
            defaultValue = "250ms",
            description = "How often the hot tail looks for segments when nobody asks.")
        Duration tailRefreshInterval,
    @ConfigKey(
            name = "query.max-tail-bytes",
            defaultValue = "auto",
            description =
                "Memory for decoded segments that are not in the tables yet; what exceeds it is"
                    + " decoded anew by each query. `auto`: an eighth of the heap, 128 MiB at"
                    + " most.")
        @Nullable DataSize maxTailBytes,
    @ConfigKey(
            name = "query.async.max-per-tenant",
            defaultValue = "5",
            description =
                "Asynchronous queries of one tenant that run or wait in one querier; more are"
                    + " answered with 429. `0` switches them off.")
        int asyncMaxPerTenant,
    @ConfigKey(
            name = "query.async.timeout",
            defaultValue = "10m",
            description = "How long an asynchronous query may run.")
        Duration asyncTimeout,
    @ConfigKey(
            name = "query.async.result-ttl",
            defaultValue = "1h",
            description = "How long the answer of an asynchronous query can be fetched.")
        Duration asyncResultTtl,
    @ConfigKey(
            name = "query.ad-hoc.max-profile-bytes",
            defaultValue = "16MiB",
            description = "The largest uploaded profile, as sent and decompressed.")
        DataSize adHocMaxProfileBytes,
    @ConfigKey(
            name = "query.ad-hoc.max-profiles-per-tenant",
            defaultValue = "1000",
            description = "Uploaded profiles of one tenant; more are answered with 429.")
        int adHocMaxProfilesPerTenant) {

  private static final long MIB = 1 << 20;

  /** What every tenant may ask for, unless something else is said of it. */
  public QueryLimits toQueryLimits() {
    return new QueryLimits(
        maxQueryLength,
        maxQueryLookback,
        defaultMaxNodes,
        maxNodes,
        limitsMergedProfiles,
        maxSeries);
  }

  /** The querier's own configuration. */
  public QueryConfig toQueryConfig(
      TenancyConfig tenancy, EngineSettings engine, Duration duplicateWindow) {
    QueryConfig defaults = QueryConfig.defaults();
    long heapBytes = Runtime.getRuntime().maxMemory();
    long cache = cacheBytes == null ? Math.min(256 * MIB, heapBytes / 6) : cacheBytes.bytes();
    return QueryConfig.builder()
        .multitenancyEnabled(tenancy.multitenancyEnabled())
        .maxQueryLength(maxQueryLength)
        .maxQueryLookback(maxQueryLookback)
        .defaultMaxNodes(defaultMaxNodes)
        .maxNodes(maxNodes)
        .limitsMergedProfiles(limitsMergedProfiles)
        .maxSeries(maxSeries)
        .requestTimeout(requestTimeout)
        .maxConcurrentQueries(
            maxConcurrentQueries == null ? defaults.maxConcurrentQueries() : maxConcurrentQueries)
        .maxConcurrentQueriesPerTenant(maxConcurrentQueriesPerTenant)
        .scanThreads(scanThreads == null ? defaults.scanThreads() : scanThreads)
        .cacheBytes(cache)
        .trino(engine.toTrinoConfig(cache))
        .tailRefreshInterval(tailRefreshInterval)
        .maxTailBytes(
            maxTailBytes == null ? Math.min(128 * MIB, heapBytes / 8) : maxTailBytes.bytes())
        .duplicateWindow(duplicateWindow)
        .async(new AsyncQueryConfig(asyncMaxPerTenant, asyncTimeout, asyncResultTtl))
        .adHoc(new AdHocConfig(adHocMaxProfileBytes.toIntBytes(), adHocMaxProfilesPerTenant))
        .build();
  }
}
