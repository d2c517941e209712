/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.loop;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Locale;

/** Counts scrapes by job and outcome. */
final class ScrapeMetrics {

  /** What a tick of a target came to. */
  enum Outcome {
    /** The profile is stored. */
    STORED,
    /** The target did not serve a profile. */
    FAILED,
    /** It served one, which was not stored. */
    REFUSED,
    /**
     * The scrape before had not ended, too many requests were under way, or the tick came only with
     * the next.
     */
    SKIPPED
  }

  private final MeterRegistry registry;

  ScrapeMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  void count(String job, Outcome outcome) {
    Counter.builder("flamelake.scrape.ticks")
        .description("Ticks of targets, by job and what came of them")
        .tag("job", job)
        .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
        .register(registry)
        .increment();
  }

  void recordFetch(String job, Duration duration) {
    Timer.builder("flamelake.scrape.fetch")
        .description("Time from a request to the last byte of its answer")
        .tag("job", job)
        .register(registry)
        .record(duration);
  }
}
