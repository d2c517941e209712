/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.catalog.MaintenanceClaim;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.FileInfo;
import org.jspecify.annotations.Nullable;

/**
 * When a file that no snapshot refers to can go: when nobody can commit it any more.
 *
 * <ul>
 *   <li>A file of a maintenance run, at once if the table's claim fences the run.
 *   <li>A file of the ingest job, when a commit of the job came after it and the grace: a job that
 *       starts again commits the symbols of its last checkpoint before anything else, and may have
 *       been down for a night.
 *   <li>Any other file, after the grace.
 * </ul>
 */
final class OrphanRules {

  /** {@code sorted-<run>-<uuid>.parquet} and the like. */
  private static final Pattern OF_RUN =
      Pattern.compile("[a-z]+-([0-7][0-9A-HJKMNP-TV-Z]{25})-[^/]+\\.parquet");

  /** As the ingest job's writers name theirs: {@code 00003-<uuid>.parquet}. */
  private static final Pattern OF_INGEST = Pattern.compile("[0-9]{5}-[0-9a-f-]{36}\\.parquet");

  private final @Nullable MaintenanceClaim claim;
  private final String run;
  private final long oldEnoughMillis;
  private final long oldEnoughOfIngestMillis;

  /**
   * @param claim of the table
   * @param run that asks; it takes the claims of earlier runs before it deletes their files
   * @param profiles whose snapshots say when the ingest job last committed
   */
  OrphanRules(
      @Nullable MaintenanceClaim claim, String run, Table profiles, Instant now, Duration grace) {
    this.claim = claim;
    this.run = run;
    this.oldEnoughMillis = now.minus(grace).toEpochMilli();
    this.oldEnoughOfIngestMillis =
        Math.min(oldEnoughMillis, lastIngestMillis(profiles) - grace.toMillis());
  }

  boolean canGo(FileInfo file) {
    String name = file.location().substring(file.location().lastIndexOf('/') + 1);
    Matcher ofRun = OF_RUN.matcher(name);
    if (ofRun.matches() && isFenced(ofRun.group(1))) {
      return true;
    }

    boolean ofIngest = OF_INGEST.matcher(name).matches();
    return file.createdAtMillis() <= (ofIngest ? oldEnoughOfIngestMillis : oldEnoughMillis);
  }

  private boolean isFenced(String writer) {
    return (claim != null && claim.fences(writer)) || writer.compareTo(run) < 0;
  }

  /** Long ago if no snapshot that is left is the job's. */
  private static long lastIngestMillis(Table profiles) {
    long last = 0;
    for (Snapshot snapshot : profiles.snapshots()) {
      if (snapshot.summary().containsKey(LaneWatermarks.SUMMARY_PROPERTY)) {
        last = Math.max(last, snapshot.timestampMillis());
      }
    }

    return last;
  }
}
