/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.health;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.health.LakeHealth;
import io.flamelake.catalog.health.LakeHealthReader;
import io.flamelake.flink.maintenance.report.LastRun;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.store.ObjectStore;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the health of lake and log again and again, and keeps what was read last. */
public final class HealthMonitor implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HealthMonitor.class);

  private final LakeCatalog catalog;
  private final Duration closedAfter;
  private final LogHealthReader log;
  private final HealthMeters meters;
  private final Supplier<SortedMap<String, LastRun>> runs;
  private final Clock clock;
  private final ScheduledExecutorService executor;

  /** Loaded by the first look, so that no start waits for it; of the executor's thread. */
  private @Nullable LakeHealthReader lake;

  private volatile @Nullable HealthReport report;
  private volatile @Nullable String failure;

  /**
   * Starts to read at once.
   *
   * @param closedAfter how long after its end an hour is due to be rolled up
   * @param runs of maintenance in this process, by kind
   */
  public HealthMonitor(
      LakeCatalog catalog,
      ObjectStore store,
      Supplier<SortedMap<String, LastRun>> runs,
      Duration interval,
      Duration closedAfter,
      MeterRegistry registry,
      Clock clock) {
    this.catalog = requireNonNull(catalog, "catalog");
    this.closedAfter = requireNonNull(closedAfter, "closedAfter");
    this.log = new LogHealthReader(new SegmentLog(store));
    this.meters = new HealthMeters(registry, () -> report);
    this.runs = requireNonNull(runs, "runs");
    this.clock = requireNonNull(clock, "clock");
    this.executor = Executors.newSingleThreadScheduledExecutor(HealthMonitor::daemon);
    executor.scheduleWithFixedDelay(this::read, 0, interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** What an operator should look at, a line each; empty if all is well or nothing is known yet. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    HealthReport last = report;
    if (last != null) {
      warnings.addAll(last.warnings());
    }

    String problem = failure;
    if (problem != null) {
      warnings.add(problem);
    }

    for (LastRun run : runs.get().values()) {
      LastRun.Failure failed = run.lastFailure();
      if (failed != null && !run.isHealthy()) {
        warnings.add(
            "Task " + run.kind() + " of " + failed.subject() + " failed: " + failed.error());
      }
    }

    return warnings;
  }

  /** What is to be shown; null before the lake was read for the first time. */
  @Nullable LakeStatus status() {
    HealthReport last = report;
    return last == null ? null : LakeStatus.of(last, warnings(), runs.get());
  }

  private void read() {
    try {
      LakeHealthReader reader = lake;
      if (reader == null) {
        reader = new LakeHealthReader(catalog.tables(), closedAfter);
        lake = reader;
      }

      Instant now = clock.instant();
      LakeHealth lakeHealth = reader.read(now);
      LogHealth logHealth = log.read(reader.watermarks(), now);
      meters.update(lakeHealth);
      report =
          new HealthReport(lakeHealth, logHealth, HealthWarnings.of(lakeHealth, logHealth, now));
      failure = null;
    } catch (RuntimeException e) {
      // Shown, and tried again: store or catalog may be away for a while.
      LOG.warn("The health of the lake cannot be read", e);
      failure = "The health of the lake cannot be read: " + e.getMessage();
    }
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "health-monitor");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
