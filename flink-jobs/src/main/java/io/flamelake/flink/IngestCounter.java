/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

/** What the ingest job counts; the names are those of the metrics on every Flink reporter. */
public enum IngestCounter {
  RECORDS_READ("flamelake_ingest_records_read_total", "Raw records read from the segment log"),
  PAYLOAD_BYTES_READ("flamelake_ingest_payload_bytes_read_total", "Bytes of their payloads"),
  SEGMENTS_READ("flamelake_ingest_segments_read_total", "Segments read, without seals"),
  SEGMENTS_QUARANTINED(
      "flamelake_ingest_segments_quarantined_total", "Segments that failed their check"),
  SEGMENTS_SKIPPED(
      "flamelake_ingest_segments_skipped_total", "Corrupt segments an operator gave up"),
  RECORDS_DISCARDED("flamelake_ingest_records_discarded_total", "Records dropped, by reason"),
  ROWS_DUPLICATE("flamelake_ingest_duplicate_rows_total", "Rows of profiles that came again"),
  DELTA_FIRST_ROWS(
      "flamelake_ingest_delta_first_rows_total", "Cumulative rows that began a series"),
  DELTA_RESTARTED_ROWS(
      "flamelake_ingest_delta_restarted_rows_total",
      "Cumulative rows that count in full since their process was restarted"),
  DELTA_LATE_ROWS(
      "flamelake_ingest_delta_late_rows_total", "Cumulative rows no later than one before them"),
  ROWS_WRITTEN("flamelake_ingest_rows_written_total", "Rows in closed data files, by table"),
  FILES_WRITTEN("flamelake_ingest_files_written_total", "Closed data files, by table"),
  BYTES_WRITTEN("flamelake_ingest_bytes_written_total", "Bytes of closed data files, by table"),
  COMMITS("flamelake_ingest_commits_total", "Commits to a table, by table"),
  COMMIT_RETRIES("flamelake_ingest_commit_retries_total", "Commit attempts that failed, by table"),
  FILE_SETS_DROPPED(
      "flamelake_ingest_file_sets_dropped_total", "File sets found committed already, by table");

  private final String metricName;
  private final String description;

  IngestCounter(String metricName, String description) {
    this.metricName = metricName;
    this.description = description;
  }

  public String metricName() {
    return metricName;
  }

  public String description() {
    return description;
  }
}
