/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.keep;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.TaskResult;
import io.flamelake.flink.maintenance.keep.LaneLeftovers.Leftover;
import io.flamelake.flink.sink.LakeTable;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.StoredSegment;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.UpdateProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes segments that the tables contain, seals lanes that are silent, and forgets lanes that
 * ended long ago. May stop anywhere: each step leaves what the next run finds and goes on with.
 */
record SegmentRemoval() implements MaintenanceTask {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(SegmentRemoval.class);

  @Override
  public String kind() {
    return "segments";
  }

  @Override
  public String subject() {
    return "segment log";
  }

  @Override
  public TaskResult run(MaintenanceContext context) throws InterruptedException {
    Map<String, Long> counts = new TreeMap<>();
    LaneLeftovers leftovers = new LaneLeftovers(context);
    for (LaneId lane : context.log().lanes()) {
      if (Thread.interrupted()) {
        throw new InterruptedException("Interrupted before lane " + lane);
      }

      remove(leftovers.of(lane), context.log(), counts);
    }

    forgetLanes(context, counts);
    if (leftovers.quarantinedCount() > 0) {
      LOG.warn("{} segments in quarantine are kept", leftovers.quarantinedCount());
      counts.put("quarantined", leftovers.quarantinedCount());
    }

    return new TaskResult(counts);
  }

  /** In ascending order, so that what is left of a lane is always its end. */
  private static void remove(Leftover leftover, SegmentLog log, Map<String, Long> counts) {
    SegmentId silentAt = leftover.silentAt();
    if (silentAt != null) {
      SegmentId seal = log.seal(silentAt.lane(), silentAt.sequence());
      LOG.info("Sealed lane {} at {}: nothing was written to it for long", seal.lane(), seal);
      counts.merge("sealed_lanes", 1L, Long::sum);
    }

    for (StoredSegment segment : leftover.removable()) {
      log.delete(segment.id());
      counts.merge(TaskResult.DELETED_FILES, 1L, Long::sum);
      counts.merge(TaskResult.DELETED_BYTES, segment.sizeBytes(), Long::sum);
    }

    SegmentId forgotten = leftover.forgotten();
    if (forgotten != null) {
      log.delete(forgotten);
      counts.merge(TaskResult.DELETED_FILES, 1L, Long::sum);
    }
  }

  private static void forgetLanes(MaintenanceContext context, Map<String, Long> counts)
      throws InterruptedException {
    List<LaneId> lanes = context.log().lanes();
    for (LakeTable name : LakeTable.INGESTED) {
      Table table = name.in(context.tables());
      table.refresh();
      Set<String> forgotten = ForgottenLanes.in(table, lanes, context);
      if (!forgotten.isEmpty()) {
        context.commit().commit(table, transaction -> removeWatermarks(transaction, forgotten));
        LOG.info("Table {} has forgotten lanes {}", table.name(), forgotten);
        counts.merge("forgotten_lanes", (long) forgotten.size(), Math::max);
      }
    }
  }

  private static void removeWatermarks(Transaction transaction, Set<String> lanes) {
    UpdateProperties properties = transaction.updateProperties();
    lanes.forEach(lane -> properties.remove(LaneWatermarks.PROPERTY_PREFIX + lane));
    properties.commit();
  }
}
