/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.flink.sink.CommitRetry;
import io.flamelake.flink.source.SegmentLogLocation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Builds the settings of maintenance; the defaults are those of the documentation. */
public final class MaintenanceConfigBuilder {

  private static final long DEFAULT_SORT_MEMORY_BYTES = 128L << 20;
  private static final long DEFAULT_ROLL_UP_MEMORY_BYTES = 256L << 20;
  private static final Duration LONGEST_DEFAULT_QUIET = Duration.ofMinutes(2);

  private final CatalogConfig catalog;
  private final SegmentLogLocation log;
  private final SortedMap<String, Duration> intervals = new TreeMap<>();
  private Duration interval = Duration.ofSeconds(15);
  private SortedSet<String> leftOut = new TreeSet<>();
  private Duration closedAfter = Duration.ofMinutes(10);
  private int smallFiles = 8;
  private long sortMemoryBytes = DEFAULT_SORT_MEMORY_BYTES;
  private @Nullable Duration compactQuiet;
  private @Nullable Duration rollUpQuiet;
  private Duration rollUpRemakeAfter = Duration.ofMinutes(30);
  private long rollUpMemoryBytes = DEFAULT_ROLL_UP_MEMORY_BYTES;
  private Duration snapshotAge = Duration.ofMinutes(20);
  private Duration orphanGrace = Duration.ofHours(3);
  private Duration segmentGrace = Duration.ofHours(1);
  private Duration laneRetention = Duration.ofDays(7);
  private Duration duplicateWindow = Duration.ofMinutes(15);
  private RetentionSettings retention = RetentionSettings.FOR_EVER;
  private CommitRetry commitRetry = CommitRetry.DEFAULT;
  private String temporaryDirectory = System.getProperty("java.io.tmpdir");

  MaintenanceConfigBuilder(CatalogConfig catalog, SegmentLogLocation log) {
    this.catalog = requireNonNull(catalog, "catalog");
    this.log = requireNonNull(log, "log");
  }

  public MaintenanceConfigBuilder interval(Duration between) {
    this.interval = positive("interval", between);
    return this;
  }

  /** Sets how often one kind of task is looked for; not more often than all are. */
  public MaintenanceConfigBuilder interval(String kind, Duration between) {
    intervals.put(kind, positive("interval of " + kind, between));
    return this;
  }

  public MaintenanceConfigBuilder leftOut(Set<String> kinds) {
    this.leftOut = new TreeSet<>(kinds);
    return this;
  }

  public MaintenanceConfigBuilder closedAfter(Duration afterEnd) {
    this.closedAfter = notNegative("closedAfter", afterEnd);
    return this;
  }

  public MaintenanceConfigBuilder smallFiles(int files) {
    if (files < 2) {
      throw new IllegalArgumentException("smallFiles: " + files + " (expected: >= 2)");
    }

    this.smallFiles = files;
    return this;
  }

  public MaintenanceConfigBuilder sortMemoryBytes(long bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("sortMemoryBytes: " + bytes + " (expected: > 0)");
    }

    this.sortMemoryBytes = bytes;
    return this;
  }

  /** Without it: two minutes, or {@link #closedAfter} where that is shorter. */
  public MaintenanceConfigBuilder compactQuiet(Duration quiet) {
    this.compactQuiet = notNegative("compactQuiet", quiet);
    return this;
  }

  public MaintenanceConfigBuilder rollUpQuiet(Duration quiet) {
    this.rollUpQuiet = notNegative("rollUpQuiet", quiet);
    return this;
  }

  public MaintenanceConfigBuilder rollUpRemakeAfter(Duration age) {
    this.rollUpRemakeAfter = notNegative("rollUpRemakeAfter", age);
    return this;
  }

  public MaintenanceConfigBuilder rollUpMemoryBytes(long bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("rollUpMemoryBytes: " + bytes + " (expected: > 0)");
    }

    this.rollUpMemoryBytes = bytes;
    return this;
  }

  public MaintenanceConfigBuilder snapshotAge(Duration age) {
    this.snapshotAge = notNegative("snapshotAge", age);
    return this;
  }

  public MaintenanceConfigBuilder orphanGrace(Duration grace) {
    this.orphanGrace = notNegative("orphanGrace", grace);
    return this;
  }

  public MaintenanceConfigBuilder segmentGrace(Duration grace) {
    this.segmentGrace = notNegative("segmentGrace", grace);
    return this;
  }

  public MaintenanceConfigBuilder laneRetention(Duration retention) {
    this.laneRetention = notNegative("laneRetention", retention);
    return this;
  }

  public MaintenanceConfigBuilder duplicateWindow(Duration window) {
    this.duplicateWindow = notNegative("duplicateWindow", window);
    return this;
  }

  public MaintenanceConfigBuilder retention(RetentionSettings settings) {
    this.retention = requireNonNull(settings, "settings");
    return this;
  }

  public MaintenanceConfigBuilder commitRetry(CommitRetry retry) {
    this.commitRetry = requireNonNull(retry, "retry");
    return this;
  }

  public MaintenanceConfigBuilder temporaryDirectory(Path directory) {
    this.temporaryDirectory = directory.toString();
    return this;
  }

  public MaintenanceConfig build() {
    return new MaintenanceConfig(
        catalog,
        log,
        interval,
        intervals,
        leftOut,
        closedAfter,
        smallFiles,
        compactQuiet == null ? closedAfter : compactQuiet,
        sortMemoryBytes,
        rollUpQuiet == null ? defaultQuiet() : rollUpQuiet,
        rollUpRemakeAfter,
        rollUpMemoryBytes,
        snapshotAge,
        orphanGrace,
        segmentGrace,
        laneRetention,
        duplicateWindow,
        retention,
        commitRetry,
        temporaryDirectory);
  }

  private Duration defaultQuiet() {
    return closedAfter.compareTo(LONGEST_DEFAULT_QUIET) < 0 ? closedAfter : LONGEST_DEFAULT_QUIET;
  }

  private static Duration positive(String name, Duration value) {
    if (value.toMillis() <= 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1 ms)");
    }

    return value;
  }

  private static Duration notNegative(String name, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 0)");
    }

    return value;
  }
}
