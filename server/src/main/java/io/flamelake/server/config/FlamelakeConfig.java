/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import java.time.Duration;

/** The whole configuration, one record per concern. */
public record FlamelakeConfig(
    ServerConfig server,
    HttpConfig http,
    StorageConfig storage,
    CatalogSettings catalog,
    TenancyConfig tenancy,
    GatewaySettings gateway,
    ScrapeSettings scrape,
    IngesterSettings ingester,
    MaintenanceSettings maintenance,
    QuerySettings query,
    EngineSettings engine,
    LimitsConfig limits,
    SelfProfilingConfig selfProfiling) {

  public FlamelakeConfig {
    Duration snapshotAge = maintenance.snapshotAge();
    checkShorter("ingester.duplicate-window", ingester.duplicateWindow(), snapshotAge);
    checkShorter("query.request-timeout", query.requestTimeout(), snapshotAge);
  }

  /** What reads old snapshots has to have ended before they are dropped. */
  private static void checkShorter(String key, Duration value, Duration snapshotAge) {
    if (value.compareTo(snapshotAge) >= 0) {
      throw new IllegalArgumentException(
          "maintenance.snapshot-age: "
              + Durations.format(snapshotAge)
              + " (expected: longer than "
              + key
              + ", "
              + Durations.format(value)
              + ")");
    }
  }
}
