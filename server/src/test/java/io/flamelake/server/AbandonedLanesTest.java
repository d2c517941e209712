/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.segment.Lane;
import io.flamelake.segment.LaneSealedException;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.store.LocalObjectStore;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AbandonedLanesTest {
  @TempDir private Path directory;

  private LocalObjectStore store;
  private SegmentLog log;

  @BeforeEach
  void open() {
    store = new LocalObjectStore(directory);
    log = new SegmentLog(store);
  }

  @Test
  void sealsWhatKilledProcessesLeftOpen() {
    Lane first = laneOfThree();
    Lane second = laneOfThree();

    AbandonedLanes.seal(store);

    for (Lane lane : List.of(first, second)) {
      assertThat(isSeal(new SegmentId(lane.id(), 3))).as("%s ends in a seal", lane.id()).isTrue();
      assertThatThrownBy(() -> lane.append(TestSegments.segment()))
          .isInstanceOf(LaneSealedException.class);
    }
  }

  @Test
  void leavesSealedLanesAsTheyAre() {
    Lane lane = laneOfThree();
    lane.seal();

    AbandonedLanes.seal(store);
    AbandonedLanes.seal(store);

    assertThat(log.segmentsAfter(lane.id(), -1)).hasSize(4);
  }

  @Test
  void sealsTheOthersWhenOneIsBroken() {
    Lane broken = Lane.open(store, Clock.systemUTC());
    broken.append("no segment".getBytes(UTF_8));
    Lane good = laneOfThree();

    AbandonedLanes.seal(store);

    assertThat(isSeal(new SegmentId(good.id(), 3))).as("the good lane ends in a seal").isTrue();
  }

  @Test
  void hasNothingToDoOnAnEmptyStore() {
    AbandonedLanes.seal(store);

    assertThat(log.lanes()).isEmpty();
  }

  private boolean isSeal(SegmentId id) {
    return log.readFooter(id).isSeal();
  }

  private Lane laneOfThree() {
    return TestSegments.lane(store, 3);
  }
}
