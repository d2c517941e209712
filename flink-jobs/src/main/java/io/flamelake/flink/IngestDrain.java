/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.flink.source.TablePositions;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.store.ObjectStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends the ingest job when the tables have all that is in the log, or after a while. */
final class IngestDrain {

  private static final Logger LOG = LoggerFactory.getLogger(IngestDrain.class);

  private static final Duration POLL_PAUSE = Duration.ofMillis(20);
  private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(15);

  private final JobHandle job;
  private final IngestJobConfig config;

  IngestDrain(JobHandle job, IngestJobConfig config) {
    this.job = job;
    this.config = config;
  }

  /** Ends the job after a last checkpoint, and without one if none can be made. */
  void stopGracefully(Path savepoints) throws InterruptedException {
    try {
      job.awaitRunning(DRAIN_TIMEOUT);
      awaitDrained();
      String savepoint = job.stopWithSavepoint(savepoints);
      LOG.info("The ingest job stopped, its state is in {}", savepoint);
    } catch (IllegalStateException e) {
      LOG.warn("The ingest job made no last checkpoint; what is missing is read next time", e);
      job.cancel();
    }
  }

  /** Waits until the table has every segment there is, except in lanes that are stopped. */
  private void awaitDrained() throws InterruptedException {
    long deadline = System.nanoTime() + DRAIN_TIMEOUT.toNanos();
    TablePositions positions = new TablePositions(config.catalog());
    try (ObjectStore store = config.log().openStore()) {
      SegmentLog log = new SegmentLog(store);
      Set<LaneId> stopped =
          log.quarantined().stream()
              .map(SegmentId::lane)
              .collect(Collectors.toCollection(TreeSet::new));
      while (!isDrained(log, stopped, positions.load())) {
        if (System.nanoTime() > deadline) {
          LOG.warn("The log is not drained after {}; the rest is read next time", DRAIN_TIMEOUT);
          return;
        }

        checkpointIfPossible();
        Thread.sleep(POLL_PAUSE.toMillis());
      }
    }
  }

  private void checkpointIfPossible() throws InterruptedException {
    try {
      job.checkpoint();
    } catch (IllegalStateException e) {
      // The job may just be restarting; whether the log is drained is looked up, not concluded.
      LOG.debug("No checkpoint while the log is drained", e);
    }
  }

  private static boolean isDrained(SegmentLog log, Set<LaneId> stopped, LaneWatermarks watermarks) {
    return log.lanes().stream()
        .filter(lane -> !stopped.contains(lane))
        .allMatch(lane -> log.segmentsAfter(lane, watermarks.sequence(lane.value())).isEmpty());
  }
}
