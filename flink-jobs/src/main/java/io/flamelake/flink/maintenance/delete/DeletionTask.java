/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.LakeTables;
import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.TaskResult;
import io.flamelake.flink.maintenance.delete.DeletionStore.Open;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one deletion request as far as it gets now.
 *
 * <pre>
 *  accepted ──► all that was pushed before is in the tables ──► rows of profiles removed, hour by
 *      hour ──► stale roll-ups removed ──► <b>rows-gone</b>
 *  rows-gone ──► quiet for a while ──► stacks and series that nothing uses removed, day by day
 *      ──► snapshots, files and segments from before are gone ──► <b>done</b>
 * </pre>
 *
 * Each step looks at the tables for what is left to do, so it may be stopped and begun again
 * anywhere.
 */
public final class DeletionTask implements MaintenanceTask {
  static final String KIND = "deletion";

  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(DeletionTask.class);

  private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(5);

  private final String id;

  DeletionTask(String id) {
    this.id = requireNonNull(id, "id");
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String subject() {
    return "deletion " + id;
  }

  @Override
  public TaskResult run(MaintenanceContext context) throws Exception {
    DeletionStore store = new DeletionStore(context.store());
    if (store.isDone(id)) {
      // The run before was stopped between the two.
      store.removeOpen(id);
      return TaskResult.NOTHING;
    }

    Open open = store.findOpen(id);
    return open == null ? TaskResult.NOTHING : new Steps(context, store, open).run();
  }

  /** One run of the task. */
  private static final class Steps {
    private final MaintenanceContext context;
    private final LakeTables tables;
    private final DeletionStore store;
    private final RowCondition condition;
    private final String tenant;
    private final Map<String, Long> counts = new TreeMap<>();
    private @Nullable Open open;
    private Instant reported = Instant.EPOCH;
    private int unreported;

    Steps(MaintenanceContext context, DeletionStore store, Open open) {
      this.context = context;
      this.tables = context.tables();
      this.store = store;
      this.open = open;
      this.condition = open.request().condition();
      this.tenant = open.request().tenant().value();
    }

    TaskResult run() throws Exception {
      if (isIn(DeletionState.ACCEPTED) && isCommitted()) {
        removeProfiles();
      }

      if (isIn(DeletionState.ROWS_GONE) && request().progress().symbolsGoneAt() == null) {
        removeSymbols();
      }

      if (isIn(DeletionState.ROWS_GONE) && request().progress().symbolsGoneAt() != null) {
        lookForBytes();
      }

      return new TaskResult(counts);
    }

    /** False of any state once somebody else goes on with the request. */
    private boolean isIn(DeletionState state) {
      return open != null && request().progress().state() == state;
    }

    private DeletionRequest request() {
      return requireNonNull(open, "open").request();
    }

    private DeletionProgressBuilder progress() {
      return request().progress().toBuilder();
    }

    private void store(DeletionProgressBuilder changed) {
      Open current = requireNonNull(open, "open");
      DeletionProgress progress = changed.build();
      if (!progress.equals(current.request().progress())) {
        open = store.update(current, progress);
      }
    }

    private void waitFor(String reason) {
      store(progress().waitingFor(reason));
    }

    private boolean isCommitted() {
      LaneWatermarks watermarks = LaneWatermarks.of(tables.profiles());
      for (Map.Entry<String, Long> lane : request().lanes().entrySet()) {
        if (!watermarks.covers(lane.getKey(), lane.getValue())) {
          waitFor(
              "what was pushed before it: lane "
                  + lane.getKey()
                  + " is in the tables up to segment "
                  + watermarks.sequence(lane.getKey())
                  + ", has to be up to "
                  + lane.getValue());
          return false;
        }
      }

      return true;
    }

    /** Removes what queries would find. */
    private void removeProfiles() throws IOException, InterruptedException {
      ProfileTrim trim = new ProfileTrim(context, tenant);
      NavigableMap<Integer, List<FileScanTask>> hours = trim.candidates(condition);
      store(progress().waitingFor("removal of rows").hours(hours.size()).hoursDone(0));
      int left = 0;
      for (Map.Entry<Integer, List<FileScanTask>> hour : hours.entrySet()) {
        if (open == null) {
          return;
        }

        RemovedRows removed = trim.remove(hour.getKey(), hour.getValue(), condition);
        if (removed == null) {
          left++;
        } else {
          count(removed);
          countHour(removed);
        }
      }

      if (open == null) {
        return;
      }

      Long rollUps = left > 0 ? null : new RollUpTrim(context, tenant, condition).run();
      if (rollUps == null) {
        waitFor("the next attempt: other commits came first in " + Math.max(1, left) + " places");
        return;
      }

      enterRowsGone(rollUps);
    }

    /** Each hour that lost rows is told at once: what was counted is not counted again. */
    private void countHour(RemovedRows removed) {
      DeletionProgress before = request().progress();
      int done = before.hoursDone() + unreported + 1;
      Instant now = context.clock().instant();
      if (removed.rows() > 0 || now.isAfter(reported.plus(PROGRESS_INTERVAL))) {
        reported = now;
        unreported = 0;
        store(progress().hoursDone(done).rows(before.rows() + removed.rows()));
      } else {
        unreported++;
      }
    }

    private void count(RemovedRows removed) {
      counts.merge(TaskResult.ROWS, removed.rows(), Long::sum);
      counts.merge(TaskResult.FILES_IN, (long) removed.filesIn(), Long::sum);
      counts.merge(TaskResult.FILES_OUT, (long) removed.filesOut(), Long::sum);
    }

    private void enterRowsGone(long rollUps) {
      tables.refresh();
      Instant now = context.clock().instant();
      LOG.info("Deletion {}: no query finds the rows any more", request().id());
      store(
          progress()
              .state(DeletionState.ROWS_GONE)
              .hoursDone(request().progress().hours())
              .otherRows(request().progress().otherRows() + rollUps)
              .rowsGoneAt(now)
              .quietSince(now)
              .quietSequence(sequence(tables.profiles()))
              .daysLeft(SymbolTrim.days(context, tenant, condition)));
    }

    /** Removes stacks and series of days for which nothing came for long enough. */
    private void removeSymbols() throws IOException, InterruptedException {
      DeletionProgress before = request().progress();
      Instant now = context.clock().instant();
      Instant quiet =
          requireNonNull(before.quietSince(), "quietSince")
              .plus(DeletionSchedule.quietTime(context.config()));
      if (now.isBefore(quiet) && !before.daysLeft().isEmpty()) {
        waitFor("stacks and series, which are looked at from " + quiet + " on");
        return;
      }

      long sequence = sequence(tables.profiles());
      SymbolTrim trim = new SymbolTrim(context, tenant, condition);
      List<Integer> left = new ArrayList<>();
      long rows = before.otherRows();
      for (int day : before.daysLeft()) {
        Long removed = trim.isActive(day, before.quietSequence()) ? null : trim.run(day);
        if (removed == null) {
          left.add(day);
        } else {
          rows += removed;
        }
      }

      DeletionProgressBuilder changed = progress().otherRows(rows).daysLeft(left);
      if (left.isEmpty()) {
        tables.refresh();
        changed
            .symbolsGoneAt(now)
            .cleanSequences(LeftBytes.sequences(tables))
            .expectedDoneAt(DeletionSchedule.bytesGone(context.config(), request(), now));
      } else {
        Instant next = now.plus(DeletionSchedule.quietTime(context.config()));
        changed
            .quietSince(now)
            .quietSequence(sequence)
            .expectedDoneAt(DeletionSchedule.bytesGone(context.config(), request(), next))
            .waitingFor(
                "stacks and series of "
                    + LocalDate.ofEpochDay(left.get(0))
                    + (left.size() > 1 ? " and " + (left.size() - 1) + " more days" : "")
                    + ": profiles of these services are still coming; looked at again from "
                    + next
                    + " on");
      }

      store(changed);
    }

    private void lookForBytes() throws IOException, InterruptedException {
      // Made of profiles from before while they were being removed.
      Long rollUps = new RollUpTrim(context, tenant, condition).run();
      if (rollUps == null || rollUps > 0) {
        store(
            progress()
                .otherRows(request().progress().otherRows() + (rollUps == null ? 0 : rollUps))
                .cleanSequences(LeftBytes.sequences(tables)));
        return;
      }

      if (RemovedEntries.rewrite(context, request().progress().cleanSequences())) {
        tables.refresh();
        store(progress().cleanSequences(LeftBytes.sequences(tables)));
        return;
      }

      String left =
          new LeftBytes(context).find(request().progress().cleanSequences(), request().lanes());
      if (left != null) {
        waitFor(left);
        return;
      }

      DeletionRequest done =
          request()
              .with(
                  progress()
                      .state(DeletionState.DONE)
                      .waitingFor("")
                      .doneAt(context.clock().instant())
                      .build());
      store.finish(done);
      open = null;
      LOG.info("Deletion {} is done", done.id());
    }

    private static long sequence(Table table) {
      Snapshot current = table.currentSnapshot();
      return current == null ? 0 : current.sequenceNumber();
    }
  }
}
