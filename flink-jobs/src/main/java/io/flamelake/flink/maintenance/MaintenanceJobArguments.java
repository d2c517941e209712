/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance;

import io.flamelake.flink.JobArguments;
import io.flamelake.flink.source.SegmentLogLocation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Reads the settings of a run from {@code key=value} arguments and from a properties file named by
 * {@code config.file}; an argument wins over the file. Unknown keys are refused.
 *
 * <table>
 * <caption>Keys</caption>
 * <tr><td>{@code store.uri}</td><td>segment log: {@code file:///…} or {@code s3://bucket/prefix}
 *   (required)</td></tr>
 * <tr><td>{@code store.property.*}</td><td>properties of the store</td></tr>
 * <tr><td>{@code catalog.property.*}</td><td>properties of the Iceberg catalog (required)</td></tr>
 * <tr><td>{@code catalog.name}, {@code catalog.namespace}</td><td>{@code flamelake}</td></tr>
 * <tr><td>{@code tasks}</td><td>{@code all}, or a comma list of the names of {@link TaskKind}</td>
 *   </tr>
 * <tr><td>{@code closed-after}</td><td>{@code PT10M}</td></tr>
 * <tr><td>{@code small-files}</td><td>{@code 8}</td></tr>
 * <tr><td>{@code compact-quiet}</td><td>{@code closed-after}</td></tr>
 * <tr><td>{@code sort-memory-bytes}</td><td>{@code 134217728}</td></tr>
 * <tr><td>{@code roll-up-quiet}</td><td>{@code PT2M}, or {@code closed-after} if that is shorter</td>
 *   </tr>
 * <tr><td>{@code roll-up-remake-after}</td><td>{@code PT30M}</td></tr>
 * <tr><td>{@code roll-up-memory-bytes}</td><td>{@code 268435456}</td></tr>
 * <tr><td>{@code snapshot-age}</td><td>{@code PT20M}</td></tr>
 * <tr><td>{@code orphan-grace}</td><td>{@code PT3H}</td></tr>
 * <tr><td>{@code segment-grace}</td><td>{@code PT1H}</td></tr>
 * <tr><td>{@code lane-retention}</td><td>{@code P7D}</td></tr>
 * <tr><td>{@code retention-period}, {@code rollup-retention-period}</td><td>none: all is kept, and
 *   roll-ups as long as their profiles</td></tr>
 * <tr><td>{@code overrides.file}</td><td>periods of single tenants; a file that every task manager
 *   has</td></tr>
 * <tr><td>{@code duplicate.window}</td><td>{@code PT15M}, that of the ingest job</td></tr>
 * <tr><td>{@code commit.timeout}</td><td>{@code PT1M}</td></tr>
 * <tr><td>{@code temporary.directory}</td><td>that of the JVM; local to each task manager</td></tr>
 * </table>
 */
final class MaintenanceJobArguments {

  private static final String TASKS = "tasks";
  private static final String ALL = "all";

  private MaintenanceJobArguments() {}

  static MaintenanceConfig parse(String[] arguments) throws IOException {
    JobArguments values = JobArguments.parse(arguments);
    SegmentLogLocation log = values.takeLog();
    MaintenanceConfigBuilder builder = MaintenanceConfig.builder(values.takeCatalog(), log);
    builder.leftOut(allBut(TaskKind.parseList(values.takeOr(TASKS, ALL))));
    values.takeDuration("closed-after", builder::closedAfter);
    values.takeLong("small-files", files -> builder.smallFiles(Math.toIntExact(files)));
    values.takeDuration("compact-quiet", builder::compactQuiet);
    values.takeLong("sort-memory-bytes", builder::sortMemoryBytes);
    values.takeDuration("roll-up-quiet", builder::rollUpQuiet);
    values.takeDuration("roll-up-remake-after", builder::rollUpRemakeAfter);
    values.takeLong("roll-up-memory-bytes", builder::rollUpMemoryBytes);
    values.takeDuration("snapshot-age", builder::snapshotAge);
    values.takeDuration("orphan-grace", builder::orphanGrace);
    values.takeDuration("segment-grace", builder::segmentGrace);
    values.takeDuration("lane-retention", builder::laneRetention);
    builder.retention(retention(values));
    values.takeDuration("duplicate.window", builder::duplicateWindow);
    values.takeCommitRetry(builder::commitRetry);
    values.takeText("temporary.directory", text -> builder.temporaryDirectory(Path.of(text)));
    values.checkAllTaken();
    return builder.build();
  }

  private static RetentionSettings retention(JobArguments values) {
    Duration period = values.takeDuration("retention-period");
    return new RetentionSettings(
        period == null ? Duration.ZERO : period,
        values.takeDuration("rollup-retention-period"),
        values.takeOr("overrides.file", ""));
  }

  private static Set<String> allBut(SortedSet<TaskKind> wanted) {
    if (wanted.isEmpty()) {
      throw new IllegalArgumentException(TASKS + ": none (expected: at least one)");
    }

    return Arrays.stream(TaskKind.values())
        .filter(kind -> !wanted.contains(kind))
        .map(TaskKind::kindName)
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
