/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import io.flamelake.flink.source.SegmentLogLocation;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads the job's settings from {@code key=value} arguments and from a properties file named by
 * {@code config.file}; an argument wins over the file. Unknown keys are refused.
 *
 * <table>
 * <caption>Keys</caption>
 * <tr><td>{@code store.uri}</td><td>segment log: {@code file:///…} or {@code s3://bucket/prefix}
 *   (required)</td></tr>
 * <tr><td>{@code store.property.*}</td><td>properties of the store</td></tr>
 * <tr><td>{@code catalog.property.*}</td><td>properties of the Iceberg catalog (required)</td></tr>
 * <tr><td>{@code catalog.name}, {@code catalog.namespace}</td><td>{@code flamelake}</td></tr>
 * <tr><td>{@code checkpoint.interval}</td><td>{@code PT5S}</td></tr>
 * <tr><td>{@code poll.interval}</td><td>{@code PT1S}</td></tr>
 * <tr><td>{@code duplicate.window}</td><td>{@code PT15M}</td></tr>
 * <tr><td>{@code delta.baseline-ttl}</td><td>{@code PT1H}</td></tr>
 * <tr><td>{@code delta.replay-window}</td><td>{@code PT2M}</td></tr>
 * <tr><td>{@code writer.max-buffer-bytes}</td><td>{@code 67108864}</td></tr>
 * <tr><td>{@code commit.timeout}</td><td>{@code PT1M}</td></tr>
 * <tr><td>{@code skip.segments}</td><td>comma list of {@code lane/sequence}, none</td></tr>
 * </table>
 */
final class IngestJobArguments {

  private static final String CHECKPOINT_INTERVAL = "checkpoint.interval";
  private static final String POLL_INTERVAL = "poll.interval";
  private static final String DUPLICATE_WINDOW = "duplicate.window";
  private static final String BASELINE_TTL = "delta.baseline-ttl";
  private static final String REPLAY_WINDOW = "delta.replay-window";
  private static final String MAX_BUFFER_BYTES = "writer.max-buffer-bytes";
  private static final String SKIP_SEGMENTS = "skip.segments";

  /** A listing of a lane on object storage takes longer, and is paid for. */
  private static final Duration DEFAULT_POLL_INTERVAL = Duration.ofSeconds(1);

  private IngestJobArguments() {}

  static IngestJobConfig parse(String[] arguments) throws IOException {
    JobArguments values = JobArguments.parse(arguments);
    SegmentLogLocation log = values.takeLog();
    IngestJobConfigBuilder builder =
        IngestJobConfig.builder(values.takeCatalog(), log).pollInterval(DEFAULT_POLL_INTERVAL);
    values.takeDuration(CHECKPOINT_INTERVAL, builder::checkpointInterval);
    values.takeDuration(POLL_INTERVAL, builder::pollInterval);
    values.takeDuration(DUPLICATE_WINDOW, builder::duplicateWindow);
    values.takeDuration(BASELINE_TTL, builder::baselineTimeToLive);
    values.takeDuration(REPLAY_WINDOW, builder::replayWindow);
    values.takeLong(MAX_BUFFER_BYTES, builder::maxBufferBytes);
    values.takeCommitRetry(builder::commitRetry);
    builder.skippedSegments(skippedSegments(values.takeOr(SKIP_SEGMENTS, "")));
    values.checkAllTaken();
    return builder.build();
  }

  private static Set<String> skippedSegments(String list) {
    Set<String> segments = new TreeSet<>();
    Arrays.stream(list.split(",", -1)).map(String::strip).forEach(segments::add);
    segments.remove("");
    return segments;
  }
}
