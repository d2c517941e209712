/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.flink.IngestJobConfig;
import io.flamelake.flink.source.SegmentLogLocation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class IngesterSettingsTest {
  private static final CatalogConfig CATALOG = CatalogConfig.embedded(Path.of("/srv"));
  private static final StorageConfig STORAGE = new StorageConfig(Path.of("/srv"), "", Map.of());

  @Test
  void defaults() {
    IngesterSettings defaults = Bindings.defaults(IngesterSettings.class);

    // What is a share of the heap here is a fixed size there.
    assertThat(defaults.toJobConfig(CATALOG, STORAGE))
        .usingRecursiveComparison()
        .ignoringFields("maxBufferBytes")
        .isEqualTo(
            IngestJobConfig.builder(CATALOG, new SegmentLogLocation("file:///srv", Map.of()))
                .build());
    assertThat(defaults.maxBufferBytes()).isNull();
    assertThat(defaults.parallelism()).isNull();
  }

  @Test
  void everyKeyMaps() {
    assertThat(
            Bindings.bind(
                IngesterSettings.class,
                "ingester.checkpoint-interval",
                "1s",
                "ingester.poll-interval",
                "2s",
                "ingester.duplicate-window",
                "3m",
                "ingester.delta.baseline-ttl",
                "30m",
                "ingester.delta.replay-window",
                "31s",
                "ingester.parallelism",
                "4",
                "ingester.max-buffer-bytes",
                "5MiB",
                "ingester.commit-timeout",
                "6s",
                "ingester.skipped-segments",
                "01J/7"))
        .isEqualTo(
            new IngesterSettings(
                Duration.ofSeconds(1),
                Duration.ofSeconds(2),
                Duration.ofMinutes(3),
                Duration.ofMinutes(30),
                Duration.ofSeconds(31),
                4,
                DataSize.parse("5MiB"),
                Duration.ofSeconds(6),
                "01J/7"));
  }

  @Test
  void skippedSegmentsAreAList() {
    IngesterSettings settings =
        Bindings.bind(IngesterSettings.class, "ingester.skipped-segments", "a/1, b/2");
    assertThat(settings.toJobConfig(CATALOG, STORAGE).skippedSegments())
        .containsExactly("a/1", "b/2");
  }
}
