/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import io.flamelake.query.adhoc.AdHocConfig;
import io.flamelake.query.async.AsyncQueryConfig;
import io.flamelake.query.trino.TrinoConfig;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Builds a {@link QueryConfig}; what is not set keeps its default. */
public final class QueryConfigBuilder {
  private boolean multitenancyEnabled;
  private Duration maxQueryLength = Duration.ofHours(24);
  private Duration maxQueryLookback = Duration.ofDays(7);
  private int defaultMaxNodes = 8_192;
  private int maxNodes = 1 << 20;
  private boolean limitsMergedProfiles;
  private int maxSeries = 200_000;
  private Duration requestTimeout = Duration.ofSeconds(60);
  private AsyncQueryConfig async = AsyncQueryConfig.DEFAULT;
  private AdHocConfig adHoc = AdHocConfig.DEFAULT;
  private int maxConcurrentQueries = Math.max(2, 2 * Runtime.getRuntime().availableProcessors());
  private int maxConcurrentQueriesPerTenant = 64;
  private Duration tailRefreshInterval = Duration.ofMillis(250);
  private long maxTailBytes = 128L << 20;
  private Duration duplicateWindow = Duration.ofMinutes(15);
  private int scanThreads = Math.max(1, Runtime.getRuntime().availableProcessors());
  private long cacheBytes = 256L << 20;
  private @Nullable TrinoConfig trino;

  QueryConfigBuilder() {}

  public QueryConfigBuilder multitenancyEnabled(boolean value) {
    this.multitenancyEnabled = value;
    return this;
  }

  public QueryConfigBuilder maxQueryLength(Duration value) {
    this.maxQueryLength = value;
    return this;
  }

  public QueryConfigBuilder maxQueryLookback(Duration value) {
    this.maxQueryLookback = value;
    return this;
  }

  public QueryConfigBuilder defaultMaxNodes(int value) {
    this.defaultMaxNodes = value;
    return this;
  }

  public QueryConfigBuilder maxNodes(int value) {
    this.maxNodes = value;
    return this;
  }

  public QueryConfigBuilder limitsMergedProfiles(boolean value) {
    this.limitsMergedProfiles = value;
    return this;
  }

  public QueryConfigBuilder maxSeries(int value) {
    this.maxSeries = value;
    return this;
  }

  public QueryConfigBuilder requestTimeout(Duration value) {
    this.requestTimeout = value;
    return this;
  }

  public QueryConfigBuilder async(AsyncQueryConfig value) {
    this.async = value;
    return this;
  }

  public QueryConfigBuilder adHoc(AdHocConfig value) {
    this.adHoc = value;
    return this;
  }

  public QueryConfigBuilder maxConcurrentQueries(int value) {
    this.maxConcurrentQueries = value;
    return this;
  }

  public QueryConfigBuilder maxConcurrentQueriesPerTenant(int value) {
    this.maxConcurrentQueriesPerTenant = value;
    return this;
  }

  public QueryConfigBuilder tailRefreshInterval(Duration value) {
    this.tailRefreshInterval = value;
    return this;
  }

  public QueryConfigBuilder maxTailBytes(long value) {
    this.maxTailBytes = value;
    return this;
  }

  public QueryConfigBuilder duplicateWindow(Duration value) {
    this.duplicateWindow = value;
    return this;
  }

  public QueryConfigBuilder scanThreads(int value) {
    this.scanThreads = value;
    return this;
  }

  public QueryConfigBuilder cacheBytes(long value) {
    this.cacheBytes = value;
    return this;
  }

  public QueryConfigBuilder trino(@Nullable TrinoConfig value) {
    this.trino = value;
    return this;
  }

  /**
   * @throws IllegalArgumentException if a value is out of its range or two contradict each other
   */
  public QueryConfig build() {
    return new QueryConfig(
        multitenancyEnabled,
        new QueryLimits(
            maxQueryLength,
            maxQueryLookback,
            defaultMaxNodes,
            maxNodes,
            limitsMergedProfiles,
            maxSeries),
        requestTimeout,
        async,
        adHoc,
        maxConcurrentQueries,
        maxConcurrentQueriesPerTenant,
        tailRefreshInterval,
        maxTailBytes,
        duplicateWindow,
        scanThreads,
        cacheBytes,
        trino);
  }
}
