/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.flink.sink.CommitRetry;
import io.flamelake.flink.source.SegmentLogLocation;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/** Builds the settings of the ingest job. */
public final class IngestJobConfigBuilder {

  private static final long DEFAULT_MAX_BUFFER_BYTES = 64L << 20;

  private final CatalogConfig catalog;
  private final SegmentLogLocation log;
  private Duration checkpointInterval = Duration.ofSeconds(5);
  private Duration pollInterval = Duration.ofMillis(250);
  private Duration duplicateWindow = Duration.ofMinutes(15);
  private DeltaSettings delta = DeltaSettings.DEFAULT;
  private long maxBufferBytes = DEFAULT_MAX_BUFFER_BYTES;
  private CommitRetry commitRetry = CommitRetry.DEFAULT;
  private Set<String> skippedSegments = new TreeSet<>();

  IngestJobConfigBuilder(CatalogConfig catalog, SegmentLogLocation log) {
    this.catalog = requireNonNull(catalog, "catalog");
    this.log = requireNonNull(log, "log");
  }

  public IngestJobConfigBuilder checkpointInterval(Duration interval) {
    this.checkpointInterval = positive("checkpointInterval", interval);
    return this;
  }

  public IngestJobConfigBuilder pollInterval(Duration interval) {
    this.pollInterval = positive("pollInterval", interval);
    return this;
  }

  public IngestJobConfigBuilder duplicateWindow(Duration window) {
    this.duplicateWindow = positive("duplicateWindow", window);
    return this;
  }

  /** Sets how long the last cumulative profile of a series is remembered. */
  public IngestJobConfigBuilder baselineTimeToLive(Duration duration) {
    this.delta = delta.withBaselineTimeToLive(duration);
    return this;
  }

  /** Sets how much of the log is read again for base lines that the job's state lacks. */
  public IngestJobConfigBuilder replayWindow(Duration window) {
    this.delta = delta.withReplayWindow(window);
    return this;
  }

  public IngestJobConfigBuilder maxBufferBytes(long bytes) {
    if (bytes <= 0) {
      throw new IllegalArgumentException("maxBufferBytes: " + bytes + " (expected: > 0)");
    }

    this.maxBufferBytes = bytes;
    return this;
  }

  public IngestJobConfigBuilder commitRetry(CommitRetry retry) {
    this.commitRetry = requireNonNull(retry, "retry");
    return this;
  }

  /** Sets corrupt segments, as {@code lane/sequence}, that are passed over and so lost. */
  public IngestJobConfigBuilder skippedSegments(Set<String> segments) {
    this.skippedSegments = new TreeSet<>(segments);
    return this;
  }

  public IngestJobConfig build() {
    return new IngestJobConfig(
        catalog,
        log,
        checkpointInterval,
        pollInterval,
        duplicateWindow,
        delta,
        maxBufferBytes,
        commitRetry,
        skippedSegments);
  }

  private static Duration positive(String name, Duration value) {
    if (value.toMillis() <= 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1 ms)");
    }

    return value;
  }
}
