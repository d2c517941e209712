/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.segment.Lane;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.store.InMemoryObjectStore;
import io.flamelake.server.TestSegments;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogHealthReaderTest {
  private static final Instant START = Instant.parse("2026-03-01T10:00:00Z");

  private final InMemoryObjectStore store = new InMemoryObjectStore();
  private final SegmentLog log = new SegmentLog(store);
  private final LogHealthReader reader = new LogHealthReader(log);

  @Test
  void countsWhatIsNotInTheTables() {
    Lane lane = lane(5);
    lane(2);

    LogHealth health = reader.read(watermark(lane, 1), START);
    assertThat(health.lanes()).isEqualTo(2);
    assertThat(health.pendingSegments()).isEqualTo(5);
    assertThat(health.lag()).as("seen for the first time").isZero();
  }

  @Test
  void lagsAsLongAsTheFirstSegmentWaits() {
    Lane lane = lane(5);
    reader.read(LaneWatermarks.NONE, START);

    assertThat(reader.read(LaneWatermarks.NONE, START.plusSeconds(40)).lag())
        .isEqualTo(Duration.ofSeconds(40));
    assertThat(reader.read(watermark(lane, 2), START.plusSeconds(50)).lag())
        .as("another one waits now")
        .isZero();
    assertThat(reader.read(watermark(lane, 4), START.plusSeconds(60)))
        .isEqualTo(new LogHealth(1, 0, Duration.ZERO, 0));
  }

  @Test
  void countsNoLaneThatEndedAndIsInTheTables() {
    Lane lane = lane(2);
    lane.seal();

    assertThat(reader.read(watermark(lane, 1), START).lanes()).as("the seal is to come").isOne();
    assertThat(reader.read(watermark(lane, 2), START).lanes()).isZero();
    assertThat(reader.read(watermark(lane, 2), START).lanes()).isZero();
  }

  @Test
  void bearsThatCommittedSegmentsAreRemoved() {
    Lane lane = lane(1);
    store.delete(new SegmentId(lane.id(), 0).key());

    assertThat(reader.read(watermark(lane, 0), START).pendingSegments()).isZero();
  }

  @Test
  void countsQuarantinedSegments() {
    Lane lane = lane(1);
    log.quarantine(new SegmentId(lane.id(), 0), "broken");

    assertThat(reader.read(LaneWatermarks.NONE, START).quarantinedSegments()).isOne();
  }

  private Lane lane(int segments) {
    return TestSegments.lane(store, segments);
  }

  private static LaneWatermarks watermark(Lane lane, long sequence) {
    return LaneWatermarks.ofSequences(Map.of(lane.id().value(), sequence));
  }
}
