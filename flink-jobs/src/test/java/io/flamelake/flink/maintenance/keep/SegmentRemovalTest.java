/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.flink.maintenance.TaskResult;
import io.flamelake.flink.sink.LakeTable;
import io.flamelake.segment.Lane;
import io.flamelake.segment.LaneSealedException;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.StoredSegment;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentRemovalTest {

  private static final Duration DAY = Duration.ofDays(1);
  private static final SegmentRemovalPlanner PLANNER = new SegmentRemovalPlanner();

  @TempDir private Path directory;
  private KeptLake lake;
  private Lane lane;

  @BeforeEach
  void openLake() {
    lake = new KeptLake(directory, Duration.ofMinutes(20));
    lane = lake.openLane(DAY.multipliedBy(30));
  }

  @AfterEach
  void closeLake() {
    lake.close();
  }

  @Test
  void deletesOldSegmentsThatTheTablesContain() throws Exception {
    append(3);
    commit(2);
    lake.age(DAY);
    append(2);
    TaskResult result = KeptLake.run(PLANNER, lake.newRun(Duration.ofMinutes(11)));
    assertThat(result.count(TaskResult.DELETED_FILES)).isEqualTo(3);
    assertThat(stored()).containsExactly(3L, 4L);
    assertThat(PLANNER.plan(lake.newRun(Duration.ofMinutes(11)))).isEmpty();
    assertThat(lake.log().segmentsAfter(lane.id(), 2)).hasSize(2);
  }

  @Test
  void keepsSegmentsThatAreYoungOrNotInTheTables() throws Exception {
    append(4);
    commit(1);
    assertThat(PLANNER.plan(lake.newRun(Duration.ofMinutes(11)))).isEmpty();
    lake.age(DAY);
    KeptLake.run(PLANNER, lake.newRun(Duration.ofMinutes(11)));
    assertThat(stored()).containsExactly(2L, 3L);
  }

  @Test
  void keepsSegmentsThatAQueryUnderWayMayTakeForTheTail() throws Exception {
    append(4);
    commit(1);
    lake.age(DAY);
    // Just committed: a query may have pinned the version before.
    assertThat(PLANNER.plan(lake.newRun())).isEmpty();
    Instant between = Instant.now();
    while (!Instant.now().isAfter(between.plusMillis(2))) {
      Thread.onSpinWait();
    }

    commit(3);
    lake.table(LakeTable.PROFILES).refresh();
    assertThat(
            SettledWatermarks.at(between.plusMillis(1), lake.table(LakeTable.PROFILES))
                .sequence(lane.id().value()))
        .isEqualTo(1);
    assertThat(
            SettledWatermarks.at(between.minusSeconds(60), lake.table(LakeTable.PROFILES))
                .sequence(lane.id().value()))
        .isEqualTo(LaneWatermarks.BEFORE_FIRST);
  }

  @Test
  void sealsALaneThatIsSilentSoThatItsWriterGoesOnInAnother() throws Exception {
    append(2);
    commit(1);
    lake.age(DAY);
    KeptLake.run(PLANNER, lake.newRun(Duration.ofMinutes(11)));
    assertThat(stored()).containsExactly(1L, 2L);
    assertThatThrownBy(() -> lake.appendSegment(lane)).isInstanceOf(LaneSealedException.class);

    // The job reads the seal, as any segment.
    commit(2);
    KeptLake.run(PLANNER, lake.newRun(Duration.ofMinutes(70)));
    assertThat(stored()).containsExactly(2L);
    assertThat(PLANNER.plan(lake.newRun(DAY))).isEmpty();
  }

  @Test
  void forgetsALaneLongAfterItsEndOnAllTables() throws Exception {
    append(2);
    lane.seal();
    commit(2);
    Lane other = lake.openLane(Duration.ZERO);
    lake.appendSegment(other);
    KeptLake.run(PLANNER, lake.newRun(DAY.multipliedBy(6)));
    assertThat(stored()).containsExactly(2L);
    assertThat(watermark(LakeTable.STACKS)).isEqualTo(2);

    TaskResult result = KeptLake.run(PLANNER, lake.newRun(DAY.multipliedBy(8)));
    assertThat(result.count("forgotten_lanes")).isEqualTo(1);
    assertThat(lake.log().lanes()).containsExactly(other.id());
    for (LakeTable table : LakeTable.INGESTED) {
      assertThat(watermark(table)).isEqualTo(LaneWatermarks.BEFORE_FIRST);
    }

    assertThat(PLANNER.plan(lake.newRun(DAY.multipliedBy(8)))).isEmpty();
  }

  @Test
  void goesOnForgettingWhereAnEarlierRunWasStopped() throws Exception {
    SegmentId first = append(2);
    lane.seal();
    commit(2);
    lake.appendSegment(lake.openLane(Duration.ZERO));
    // All objects are gone, the watermarks are not.
    for (StoredSegment segment : lake.log().stored(first.lane())) {
      lake.log().delete(segment.id());
    }

    assertThat(KeptLake.run(PLANNER, lake.newRun()).count("forgotten_lanes")).isEqualTo(1);
    assertThat(watermark(LakeTable.PROFILES)).isEqualTo(LaneWatermarks.BEFORE_FIRST);
  }

  @Test
  void forgetsNothingOfALogThatLooksEmpty() throws Exception {
    SegmentId first = append(1);
    commit(0);
    lake.log().delete(first);
    assertThat(PLANNER.plan(lake.newRun(DAY.multipliedBy(8)))).isEmpty();
    assertThat(watermark(LakeTable.PROFILES)).isZero();
  }

  @Test
  void keepsQuarantinedSegmentsUntilTheirReportIsTakenAway() throws Exception {
    append(2);
    SegmentId corrupt = lake.appendSegment(lane);
    append(1);
    lane.seal();
    lake.log().quarantine(corrupt, "bad checksum");
    // An operator had it skipped, and the job has gone on.
    commit(4);
    lake.appendSegment(lake.openLane(Duration.ZERO));
    TaskResult result = KeptLake.run(PLANNER, lake.newRun(DAY.multipliedBy(8)));
    assertThat(result.count("quarantined")).isEqualTo(1);
    assertThat(stored()).containsExactly(2L, 4L);
    assertThat(PLANNER.plan(lake.newRun(DAY.multipliedBy(8)))).isEmpty();

    lake.log().release(corrupt);
    KeptLake.run(PLANNER, lake.newRun(DAY.multipliedBy(8)));
    assertThat(stored()).isEmpty();
    assertThat(lake.log().quarantined()).isEmpty();
  }

  private SegmentId append(int count) {
    SegmentId first = lake.appendSegment(lane);
    for (int i = 1; i < count; i++) {
      lake.appendSegment(lane);
    }

    return first;
  }

  private void commit(long sequence) {
    for (LakeTable table : LakeTable.INGESTED) {
      lake.commit(table, List.of(), lane.id(), sequence);
    }
  }

  private long watermark(LakeTable table) {
    return LaneWatermarks.of(lake.table(table)).sequence(lane.id().value());
  }

  private List<Long> stored() {
    return lake.log().stored(lane.id()).stream().map(s -> s.id().sequence()).toList();
  }
}
