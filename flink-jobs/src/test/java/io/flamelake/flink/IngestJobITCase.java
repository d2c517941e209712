/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.flink.TestProfiles.TestProfile;
import io.flamelake.segment.Lane;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestJobITCase {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @TempDir private Path directory;

  private final TestProfiles profiles = new TestProfiles(1);

  @Test
  void storesEveryProfileOfSeveralLanesOnce() throws Exception {
    try (TestLake lake = new TestLake(directory);
        EmbeddedFlink flink = EmbeddedFlink.start(lake.stateDirectory(), 2)) {
      Lane first = lake.openLane();
      Lane second = lake.openLane();
      lake.push(first, batch(20));
      JobHandle job = flink.submit(lake.config().build());
      job.awaitRunning(TIMEOUT);
      for (int i = 0; i < 5; i++) {
        lake.push(first, batch(10));
        lake.push(second, batch(10));
      }

      lake.awaitCommitted(TIMEOUT, first.id(), second.id());
      lake.assertExact();
      assertThat(flink.metrics().total(IngestCounter.RECORDS_READ)).isEqualTo(120);
      assertThat(flink.metrics().totalByLabel(IngestCounter.ROWS_WRITTEN))
          .containsEntry("profiles", 240L);
    }
  }

  private List<TestProfile> batch(int size) {
    List<TestProfile> batch = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      batch.add(profiles.cpu("tenant-" + i % 3, "service-" + i % 4, 30));
    }

    return batch;
  }
}
