/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.flink.maintenance.MaintenanceConfig;
import io.flamelake.flink.maintenance.TaskKind;
import io.flamelake.flink.source.SegmentLogLocation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MaintenanceSettingsTest {
  private static final CatalogConfig CATALOG = CatalogConfig.embedded(Path.of("/srv"));
  private static final StorageConfig STORAGE =
      new StorageConfig(Path.of("/srv"), "file:///srv", Map.of());

  @Test
  void defaults() {
    MaintenanceSettings defaults = Bindings.defaults(MaintenanceSettings.class);

    MaintenanceConfig config = toConfig(defaults);
    // What is a share of the heap here is a fixed size there.
    assertThat(config)
        .usingRecursiveComparison()
        .ignoringFields("sortMemoryBytes", "intervals")
        .isEqualTo(
            MaintenanceConfig.builder(CATALOG, new SegmentLogLocation("file:///srv", Map.of()))
                .build());
    for (TaskKind kind : TaskKind.values()) {
      assertThat(config.intervals())
          .as("that of a job without settings")
          .containsEntry(kind.kindName(), kind.defaultInterval());
    }

    assertThat(defaults.parallelism()).isNull();
    assertThat(defaults.effectiveParallelism()).isPositive();
    assertThat(defaults.sortMemory()).isNull();
  }

  @Test
  void everyKeyMaps() {
    MaintenanceSettings settings =
        Bindings.bind(
            MaintenanceSettings.class,
            "maintenance.interval",
            "1s",
            "maintenance.roll-up-interval",
            "2s",
            "maintenance.retention-interval",
            "3s",
            "maintenance.expire-interval",
            "4s",
            "maintenance.manifests-interval",
            "5s",
            "maintenance.orphans-interval",
            "6s",
            "maintenance.segments-interval",
            "7s",
            "maintenance.health-interval",
            "16s",
            "maintenance.parallelism",
            "8",
            "maintenance.left-out",
            "orphans, segments",
            "maintenance.closed-after",
            "9m",
            "maintenance.small-files",
            "10",
            "maintenance.sort-memory",
            "11MiB",
            "maintenance.snapshot-age",
            "12h",
            "maintenance.orphan-grace",
            "13h",
            "maintenance.segment-grace",
            "14h",
            "maintenance.lane-retention",
            "15d",
            "maintenance.retention-period",
            "16d",
            "maintenance.rollup-retention-period",
            "17d");

    assertThat(settings)
        .isEqualTo(
            new MaintenanceSettings(
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofSeconds(3),
                Duration.ofSeconds(4),
                Duration.ofSeconds(5),
                Duration.ofSeconds(6),
                Duration.ofSeconds(7),
                Duration.ofSeconds(16),
                8,
                "orphans, segments",
                Duration.ofMinutes(9),
                10,
                DataSize.parse("11MiB"),
                Duration.ofHours(12),
                Duration.ofHours(13),
                Duration.ofHours(14),
                Duration.ofDays(15),
                Duration.ofDays(16),
                Duration.ofDays(17)));
    MaintenanceConfig config = toConfig(settings);
    assertThat(config.leftOut()).containsExactly("orphans", "segments");
    assertThat(config.intervals())
        .containsEntry("compact", Duration.ofSeconds(1))
        .containsEntry("deletion", Duration.ofSeconds(1))
        .containsEntry("roll-up", Duration.ofSeconds(2))
        .containsEntry("segments", Duration.ofSeconds(7));
    assertThat(config.sortMemoryBytes()).isEqualTo(11 << 20);
    assertThat(config.laneRetention()).isEqualTo(Duration.ofDays(15));
    assertThat(settings.effectiveParallelism()).isEqualTo(8);
  }

  @Test
  void refusesWhatCannotBe() {
    assertThatThrownBy(
            () -> Bindings.bind(MaintenanceSettings.class, "maintenance.left-out", "vacuum"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("maintenance.left-out: Task 'vacuum' (expected: ");
    assertThatThrownBy(
            () -> Bindings.bind(MaintenanceSettings.class, "maintenance.parallelism", "0"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("maintenance.parallelism: 0 (expected: >= 1)");
    assertThatThrownBy(
            () -> Bindings.bind(MaintenanceSettings.class, "maintenance.small-files", "1"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("maintenance.small-files: 1 (expected: >= 2)");
  }

  @Test
  void snapshotsOutliveWhatReadsThem() {
    assertThatThrownBy(
            () -> Bindings.bind(FlamelakeConfig.class, "maintenance.snapshot-age", "15m"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "maintenance.snapshot-age: 15m (expected: longer than ingester.duplicate-window, 15m)");
    assertThatThrownBy(() -> Bindings.bind(FlamelakeConfig.class, "query.request-timeout", "21m"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("(expected: longer than query.request-timeout, 21m)");
  }

  private static MaintenanceConfig toConfig(MaintenanceSettings settings) {
    return settings
        .toMaintenanceConfig(CATALOG, STORAGE, Bindings.defaults(IngesterSettings.class))
        .build();
  }
}
