/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import io.flamelake.flink.IngestCounter;
import io.flamelake.flink.IngestMetrics;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.util.concurrent.TimeUnit;

/** Shows the figures of the embedded ingest job among those of the process. */
final class IngestMeters {
  private IngestMeters() {}

  static void bind(IngestMetrics metrics, MeterRegistry registry) {
    for (IngestCounter counter : IngestCounter.values()) {
      FunctionCounter.builder(counter.metricName(), metrics, source -> source.total(counter))
          .description(counter.description())
          .register(registry);
    }

    TimeGauge.builder("flamelake_ingest_commit_lag", metrics::commitLagSeconds, TimeUnit.SECONDS)
        .description("Age of the oldest profile of the last commit when it was committed")
        .register(registry);
    Gauge.builder(
            "flamelake_ingest_last_commit_timestamp_seconds", metrics::lastCommitTimestampSeconds)
        .description("When the last commit was, in seconds since the epoch")
        .register(registry);
  }
}
