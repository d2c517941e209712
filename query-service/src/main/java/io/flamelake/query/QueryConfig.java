/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static java.util.Objects.requireNonNull;

import io.flamelake.query.adhoc.AdHocConfig;
import io.flamelake.query.async.AsyncQueryConfig;
import io.flamelake.query.trino.TrinoConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How the query service answers. {@link #builder()} starts from the defaults.
 *
 * @param multitenancyEnabled whether requests name their tenant by {@code X-Scope-OrgID}; if not,
 *     everything belongs to the tenant {@code anonymous}
 * @param limits of every tenant that {@link TenantQueryLimits} does not say otherwise about
 * @param requestTimeout how long a request may take, from its first byte to its answer
 * @param async queries whose answers are fetched later
 * @param adHoc single profiles that people upload
 * @param maxConcurrentQueries queries that run at once, of all tenants; more of them wait
 * @param maxConcurrentQueriesPerTenant queries of one tenant that run or wait; more are refused
 * @param tailRefreshInterval how often the hot tail looks for segments when nobody asks
 * @param maxTailBytes decoded profiles of the hot tail to keep; what exceeds it is decoded anew by
 *     each query
 * @param duplicateWindow for how long the ids of committed profiles are remembered; as the ingest
 *     job's
 * @param scanThreads threads that one query scans the tables with
 * @param cacheBytes what was read of the tables to keep across queries: footers, column chunks,
 *     stacks, label sets, manifests
 * @param trino the Trino server that scans the tables instead; null: the lake engine, in this
 *     process
 */
public record QueryConfig(
    boolean multitenancyEnabled,
    QueryLimits limits,
    Duration requestTimeout,
    AsyncQueryConfig async,
    AdHocConfig adHoc,
    int maxConcurrentQueries,
    int maxConcurrentQueriesPerTenant,
    Duration tailRefreshInterval,
    long maxTailBytes,
    Duration duplicateWindow,
    int scanThreads,
    long cacheBytes,
    @Nullable TrinoConfig trino) {

  public QueryConfig {
    requireNonNull(limits, "limits");
    checkAtLeastOneMillisecond("requestTimeout", requestTimeout);
    requireNonNull(async, "async");
    requireNonNull(adHoc, "adHoc");
    checkAtLeast("maxConcurrentQueries", maxConcurrentQueries, 1);
    checkAtLeast("maxConcurrentQueriesPerTenant", maxConcurrentQueriesPerTenant, 1);
    checkAtLeastOneMillisecond("tailRefreshInterval", tailRefreshInterval);
    checkAtLeast("maxTailBytes", maxTailBytes, 0);
    checkNotNegative("duplicateWindow", duplicateWindow);
    checkAtLeast("scanThreads", scanThreads, 1);
    checkAtLeast("cacheBytes", cacheBytes, 0);
  }

  /** All defaults. */
  public static QueryConfig defaults() {
    return builder().build();
  }

  public static QueryConfigBuilder builder() {
    return new QueryConfigBuilder();
  }

  private static void checkNotNegative(String name, Duration value) {
    requireNonNull(value, name);
    if (value.isNegative()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
    }
  }

  private static void checkAtLeastOneMillisecond(String name, Duration value) {
    requireNonNull(value, name);
    if (value.toMillis() < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1 ms)");
    }
  }

  private static void checkAtLeast(String name, long value, long min) {
    if (value < min) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= " + min + ")");
    }
  }
}
