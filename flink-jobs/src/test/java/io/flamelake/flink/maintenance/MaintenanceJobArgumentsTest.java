/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.flink.sink.CommitRetry;
import io.flamelake.flink.source.SegmentLogLocation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MaintenanceJobArgumentsTest {

  private static final String STORE = "store.uri=file:///lake/objects";
  private static final String CATALOG = "catalog.property.type=rest";

  @Test
  void defaultsAreThoseOfTheBuilder() throws Exception {
    assertThat(MaintenanceJobArguments.parse(new String[] {STORE, CATALOG}))
        .isEqualTo(
            MaintenanceConfig.builder(
                    CatalogConfig.of(Map.of("type", "rest")),
                    new SegmentLogLocation("file:///lake/objects", Map.of()))
                .build());
  }

  @Test
  void everyKeyMaps() throws Exception {
    String[] arguments = {
      STORE,
      CATALOG,
      "tasks=compact,orphans",
      "closed-after=PT1M",
      "small-files=5",
      "compact-quiet=PT6S",
      "sort-memory-bytes=1000",
      "roll-up-quiet=PT8S",
      "roll-up-remake-after=PT9S",
      "roll-up-memory-bytes=2000",
      "snapshot-age=PT2H",
      "orphan-grace=PT3M",
      "segment-grace=PT4M",
      "lane-retention=P5D",
      "retention-period=P30D",
      "rollup-retention-period=P400D",
      "overrides.file=/etc/overrides.yaml",
      "duplicate.window=PT1H",
      "commit.timeout=PT7S",
      "temporary.directory=/scratch"
    };

    assertThat(MaintenanceJobArguments.parse(arguments))
        .isEqualTo(
            MaintenanceConfig.builder(
                    CatalogConfig.of(Map.of("type", "rest")),
                    new SegmentLogLocation("file:///lake/objects", Map.of()))
                .leftOut(
                    Set.of("deletion", "retention", "roll-up", "expire", "manifests", "segments"))
                .closedAfter(Duration.ofMinutes(1))
                .smallFiles(5)
                .compactQuiet(Duration.ofSeconds(6))
                .sortMemoryBytes(1000)
                .rollUpQuiet(Duration.ofSeconds(8))
                .rollUpRemakeAfter(Duration.ofSeconds(9))
                .rollUpMemoryBytes(2000)
                .snapshotAge(Duration.ofHours(2))
                .orphanGrace(Duration.ofMinutes(3))
                .segmentGrace(Duration.ofMinutes(4))
                .laneRetention(Duration.ofDays(5))
                .retention(
                    new RetentionSettings(
                        Duration.ofDays(30), Duration.ofDays(400), "/etc/overrides.yaml"))
                .duplicateWindow(Duration.ofHours(1))
                .commitRetry(
                    new CommitRetry(
                        CommitRetry.DEFAULT.shortestPause(),
                        CommitRetry.DEFAULT.longestPause(),
                        Duration.ofSeconds(7)))
                .temporaryDirectory(Path.of("/scratch"))
                .build());
  }

  @Test
  void refusesUnknownKeyAndUnknownTask() {
    assertThatThrownBy(
            () -> MaintenanceJobArguments.parse(new String[] {STORE, CATALOG, "task=compact"}))
        .hasMessage("Unknown keys: [task]");
    assertThatThrownBy(
            () -> MaintenanceJobArguments.parse(new String[] {STORE, CATALOG, "tasks=vacuum"}))
        .hasMessageContaining("Task 'vacuum'");
  }

  @Test
  void refusesSnapshotsThatGoBeforeTheDuplicateWindowHasPassed() {
    assertThatThrownBy(
            () -> MaintenanceJobArguments.parse(new String[] {STORE, CATALOG, "snapshot-age=PT5M"}))
        .hasMessage("snapshotAge: PT5M (expected: longer than the duplicate window, PT15M)");
  }
}
