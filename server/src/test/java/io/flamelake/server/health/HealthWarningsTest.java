/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.catalog.health.LakeHealth;
import io.flamelake.catalog.health.TableHealth;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HealthWarningsTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");

  @Test
  void hasNoneWhenAllIsWell() {
    assertThat(
            HealthWarnings.of(
                lake(20, 2_000_000, NOW.minus(Duration.ofHours(2))),
                new LogHealth(3, 5, Duration.ofSeconds(7), 0),
                NOW))
        .isEmpty();
    assertThat(HealthWarnings.of(lake(0, 100, null), LogHealth.NONE, NOW)).isEmpty();
  }

  @Test
  void namesFiguresThatAreOff() {
    assertThat(
            HealthWarnings.of(
                lake(21, 2_000_001, NOW.minus(Duration.ofHours(5))),
                new LogHealth(3, 5, Duration.ofSeconds(70), 1),
                NOW))
        .containsExactly(
            "5 segments wait to be committed, the first since 70 s",
            "1 segments are in quarantine, their lanes stopped",
            "A partition of table stacks has 21 files (expected: <= 20)",
            "The metadata of table stacks has 2000001 bytes (expected: <= 2000000)",
            "9 hours are not rolled up, the oldest is 2026-03-01T05:00:00Z");
  }

  private static LakeHealth lake(
      long mostFiles, long metadataBytes, @Nullable Instant oldestUnrolled) {
    TableHealth table =
        new TableHealth(
            "stacks", 40, 2, 1, 1, 1, mostFiles, 1, 1, metadataBytes, NOW, new TreeMap<>());
    return new LakeHealth(
        NOW, List.of(table), oldestUnrolled, oldestUnrolled == null ? 0 : 9, new TreeMap<>());
  }
}
