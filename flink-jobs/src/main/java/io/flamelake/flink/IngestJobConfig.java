/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.flink.sink.CommitRetry;
import io.flamelake.flink.source.SegmentLogLocation;
import java.io.Serializable;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;

/**
 * Settings of the ingest job.
 *
 * @param catalog where the tables are
 * @param log where the segments are
 * @param checkpointInterval also the interval of commits
 * @param pollInterval between two looks for new lanes and segments
 * @param duplicateWindow how long a client's profile id is remembered
 * @param delta how differences of cumulative profiles are made
 * @param maxBufferBytes of rows that one writer of one table holds before it closes files
 * @param commitRetry how long a commit is tried before the job starts again
 * @param skippedSegments corrupt segments, as {@code lane/sequence}, that an operator gave up
 */
public record IngestJobConfig(
    CatalogConfig catalog,
    SegmentLogLocation log,
    Duration checkpointInterval,
    Duration pollInterval,
    Duration duplicateWindow,
    DeltaSettings delta,
    long maxBufferBytes,
    CommitRetry commitRetry,
    Set<String> skippedSegments)
    implements Serializable {

  private static final long serialVersionUID = 1L;

  public IngestJobConfig {
    requireNonNull(catalog, "catalog");
    requireNonNull(log, "log");
    requireNonNull(delta, "delta");
    requireNonNull(commitRetry, "commitRetry");
    skippedSegments = new TreeSet<>(skippedSegments);
  }

  public static IngestJobConfigBuilder builder(CatalogConfig catalog, SegmentLogLocation log) {
    return new IngestJobConfigBuilder(catalog, log);
  }
}
