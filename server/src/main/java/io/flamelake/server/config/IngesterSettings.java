/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.flink.IngestJobConfig;
import io.flamelake.flink.sink.CommitRetry;
import io.flamelake.flink.source.SegmentLogLocation;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The ingest job and the embedded cluster that runs it. */
@ConfigSection("Ingester")
public record IngesterSettings(
    @ConfigKey(
            name = "ingester.checkpoint-interval",
            defaultValue = "5s",
            description = "The interval of checkpoints, and so of commits to the tables.")
        Duration checkpointInterval,
    @ConfigKey(
            name = "ingester.poll-interval",
            defaultValue = "250ms",
            description = "The pause between two looks for new lanes and segments.")
        Duration pollInterval,
    @ConfigKey(
            name = "ingester.duplicate-window",
            defaultValue = "15m",
            description =
                "How long a client's profile id is remembered, to drop what is sent again. The"
                    + " querier uses the same for what is not committed yet.")
        Duration duplicateWindow,
    @ConfigKey(
            name = "ingester.delta.baseline-ttl",
            defaultValue = "1h",
            description =
                "How long the last cumulative profile of a series is remembered, to subtract it"
                    + " from the next one: longer than any pause between two.")
        Duration deltaBaselineTtl,
    @ConfigKey(
            name = "ingester.delta.replay-window",
            defaultValue = "2m",
            description =
                "How much of the segment log, before what is committed, is read again for last"
                    + " cumulative profiles when the job starts without state, or with one that is"
                    + " behind: more than a scrape interval.")
        Duration deltaReplayWindow,
    @ConfigKey(
            name = "ingester.parallelism",
            defaultValue = "auto",
            description = "Parallel instances of the job's operators. `auto`: one per processor.")
        @Nullable Integer parallelism,
    @ConfigKey(
            name = "ingester.max-buffer-bytes",
            defaultValue = "auto",
            description =
                "Rows that one writer of one table holds before it closes files. `auto`: a"
                    + " sixteenth of the heap, 64 MiB at most.")
        @Nullable DataSize maxBufferBytes,
    @ConfigKey(
            name = "ingester.commit-timeout",
            defaultValue = "1m",
            description = "How long a commit is tried before the job starts again from the tables.")
        Duration commitTimeout,
    @ConfigKey(
            name = "ingester.skipped-segments",
            description =
                "Corrupt segments, as a comma list of `lane/sequence`, that are given up so that"
                    + " their lanes go on. Their profiles are lost.")
        String skippedSegments) {

  private static final long MAX_BUFFER_BYTES = 64 << 20;

  /** The job's own configuration. */
  public IngestJobConfig toJobConfig(CatalogConfig catalog, StorageConfig storage) {
    SegmentLogLocation log =
        new SegmentLogLocation(storage.effectiveObjectStoreUri(), storage.objectStoreProperties());
    long buffer =
        maxBufferBytes == null
            ? Math.min(MAX_BUFFER_BYTES, Runtime.getRuntime().maxMemory() / 16)
            : maxBufferBytes.bytes();
    return IngestJobConfig.builder(catalog, log)
        .checkpointInterval(checkpointInterval)
        .pollInterval(pollInterval)
        .duplicateWindow(duplicateWindow)
        .baselineTimeToLive(deltaBaselineTtl)
        .replayWindow(deltaReplayWindow)
        .maxBufferBytes(buffer)
        .commitRetry(commitRetry())
        .skippedSegments(segments())
        .build();
  }

  /** How long commits are tried, also those of maintenance. */
  CommitRetry commitRetry() {
    return new CommitRetry(
        CommitRetry.DEFAULT.shortestPause(), CommitRetry.DEFAULT.longestPause(), commitTimeout);
  }

  /** The configured parallelism, or that of the machine. */
  public int effectiveParallelism() {
    return parallelism == null ? Runtime.getRuntime().availableProcessors() : parallelism;
  }

  private Set<String> segments() {
    Set<String> segments = new TreeSet<>();
    for (String segment : skippedSegments.split(",", -1)) {
      if (!segment.isBlank()) {
        segments.add(segment.strip());
      }
    }

    return segments;
  }
}
