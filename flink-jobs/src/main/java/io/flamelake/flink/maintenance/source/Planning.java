/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.source;

import io.flamelake.catalog.MaintenanceClaim;
import io.flamelake.flink.maintenance.MaintenanceConfig;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.ScheduledPlanner;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.iceberg.Table;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks planners, and knows which run may commit. A run takes the claim of a table with its first
 * commit, so one that has nothing to do commits nothing.
 *
 * <p>Everything but {@link #planners} belongs to Flink's worker thread, and to whoever closes this
 * after that thread has ended.
 */
final class Planning implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Planning.class);

  /** A run that has committed nothing for so long is taken to be dead. */
  private static final Duration LONGEST_SILENCE = Duration.ofHours(1);

  private final MaintenanceConfig config;
  private final List<ScheduledPlanner> planners;
  private final Map<String, Instant> lastPlans = new HashMap<>();
  private @Nullable OpenLake lake;

  Planning(MaintenanceConfig config, List<ScheduledPlanner> planners) {
    this.config = config;
    this.planners = List.copyOf(planners);
  }

  List<ScheduledPlanner> planners() {
    return planners;
  }

  /** Asks each planner whose interval has passed. */
  Plan planDue() throws IOException, InterruptedException {
    Instant now = Instant.now();
    // An interval of one tick is to be every tick, also the one that comes a little early.
    Instant reference = now.plus(config.interval().dividedBy(2));
    List<ScheduledPlanner> due = new ArrayList<>();
    for (ScheduledPlanner planner : planners) {
      Instant last = lastPlans.get(planner.kind());
      if (last == null || !reference.isBefore(last.plus(planner.interval()))) {
        due.add(planner);
      }
    }

    Plan plan = plan(due);
    if (plan.otherRun() == null) {
      due.forEach(planner -> lastPlans.put(planner.kind(), now));
    }

    return plan;
  }

  /** Asks these planners, unless a later run is at work. */
  Plan plan(List<ScheduledPlanner> asked) throws IOException, InterruptedException {
    OpenLake open = openLake();
    MaintenanceContext context = open.refreshed();
    MaintenanceClaim later = findLaterClaim(open);
    if (later != null && later.isActive(Instant.now(), LONGEST_SILENCE)) {
      return new Plan(open.run(), Map.of(), Map.of(), later.run());
    }

    if (later != null) {
      LOG.info("Run {} was taken over by {}, which has ended", open.run(), later.run());
      close();
      context = openLake().refreshed();
    }

    return plan(asked, context);
  }

  private static @Nullable MaintenanceClaim findLaterClaim(OpenLake lake) {
    return lake.tables().stream()
        .map(MaintenanceClaim::find)
        .filter(Objects::nonNull)
        .filter(claim -> claim.fences(lake.run()))
        // One that is still active counts, whatever was released on other tables.
        .max(
            (left, right) ->
                left.isReleased() == right.isReleased()
                    ? left.run().compareTo(right.run())
                    : Boolean.compare(right.isReleased(), left.isReleased()))
        .orElse(null);
  }

  private static Plan plan(List<ScheduledPlanner> asked, MaintenanceContext context)
      throws InterruptedException {
    Map<String, List<? extends MaintenanceTask>> tasks = new LinkedHashMap<>();
    Map<String, String> errors = new LinkedHashMap<>();
    for (ScheduledPlanner planner : asked) {
      try {
        tasks.put(planner.kind(), planner.planner().plan(context));
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        LOG.warn("Planning of {} failed", planner.kind(), e);
        errors.put(planner.kind(), e.toString());
      }
    }

    return new Plan(context.run(), tasks, errors, null);
  }

  /** Lets other runs know that this one commits nothing any more. */
  void release() throws InterruptedException {
    OpenLake open = lake;
    if (open != null) {
      MaintenanceContext context = open.refreshed();
      for (Table table : open.tables()) {
        context.commit().release(table);
      }
    }
  }

  private OpenLake openLake() throws IOException {
    OpenLake open = lake;
    if (open == null) {
      open = OpenLake.openNewRun(config);
      lake = open;
      LOG.info("Maintenance run {}", open.run());
    }

    return open;
  }

  @Override
  public void close() {
    OpenLake open = lake;
    lake = null;
    if (open != null) {
      open.close();
    }
  }
}
