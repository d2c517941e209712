/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.RetentionSettings;
import io.flamelake.flink.maintenance.TaskResult;
import io.flamelake.model.LabelSet;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * Removes from one day's {@code stacks} and {@code series}, or from one hour's {@code profiles},
 * what a rule gives a shorter life than its neighbours.
 *
 * @param settings where the rules are read again
 * @param period the hour or the day since the epoch
 */
record ExpiredRows(RetentionSettings settings, String tenant, Part part, int period)
    implements MaintenanceTask {
  private static final long serialVersionUID = 1L;

  enum Part {
    HOUR_OF_PROFILES(Duration.ofHours(1)),
    DAY_OF_SYMBOLS(Duration.ofDays(1));

    private final Duration length;

    Part(Duration length) {
      this.length = length;
    }

    Instant end(int period) {
      return Instant.EPOCH.plus(length.multipliedBy(period + 1L));
    }
  }

  @Override
  public String kind() {
    return RetentionPlanner.KIND;
  }

  @Override
  public String subject() {
    Instant start = part.end(period - 1);
    return (part == Part.HOUR_OF_PROFILES ? "profiles of " : "stacks and series of ")
        + tenant
        + " at "
        + start
        + " by rule";
  }

  @Override
  public TaskResult run(MaintenanceContext context) throws IOException, InterruptedException {
    TenantRetention retention = RetentionPolicies.load(settings).of(tenant);
    Instant now = context.clock().instant();
    if (part == Part.DAY_OF_SYMBOLS) {
      Instant quiet = now.minus(DeletionSchedule.quietTime(context.config()));
      Scope scope = new Scope(retention, part.end(period), quiet);
      Long rows = new SymbolTrim(context, tenant, scope).run(period);
      return rows == null
          ? new TaskResult(Map.of(TaskResult.SKIPPED, 1L))
          : new TaskResult(Map.of(TaskResult.ROWS, rows));
    }

    Instant end = part.end(period);
    RemovedRows removed =
        new ProfileTrim(context, tenant)
            .remove(
                period,
                row -> isOver(retention.period(row.serviceName(), row.profileType()), end, now));
    return removed == null
        ? new TaskResult(Map.of(TaskResult.SKIPPED, 1L))
        : new TaskResult(
            Map.of(
                TaskResult.ROWS,
                removed.rows(),
                TaskResult.FILES_IN,
                (long) removed.filesIn(),
                TaskResult.FILES_OUT,
                (long) removed.filesOut()));
  }

  /** Whether a period counted from an end has passed; one for ever never has. */
  static boolean isOver(Duration kept, Instant end, Instant now) {
    return !kept.isZero() && !end.plus(kept).isAfter(now);
  }

  /** The services whose profiles of the day have all expired. */
  record Scope(TenantRetention retention, Instant dayEnd, Instant now) implements SymbolScope {

    @Override
    public boolean mayMatchService(String service) {
      return isOver(retention.longestPeriod(service), dayEnd, now);
    }

    @Override
    public boolean matches(String type, String service, LabelSet labels) {
      return isOver(retention.period(service, type), dayEnd, now);
    }
  }
}
