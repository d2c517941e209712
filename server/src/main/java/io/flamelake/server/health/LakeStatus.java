/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.health;

import io.flamelake.catalog.health.LakeHealth;
import io.flamelake.catalog.health.TableHealth;
import io.flamelake.flink.maintenance.TaskOutcome;
import io.flamelake.flink.maintenance.report.LastRun;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What is shown of lake, log and maintenance, in the form of the JSON answer. Times are ISO 8601 in
 * UTC, sizes in bytes.
 */
record LakeStatus(
    String time,
    List<String> warnings,
    List<TableStatus> tables,
    LogStatus log,
    RollUpStatus rollUps,
    SortedMap<String, TenantStatus> tenants,
    List<RunStatus> maintenance) {

  record TableStatus(
      String table,
      long files,
      long smallFiles,
      long mostFilesInPartition,
      int partitions,
      long bytes,
      long rows,
      int snapshots,
      int manifests,
      long metadataBytes,
      @Nullable String lastCommit) {
    private static TableStatus of(TableHealth table) {
      return new TableStatus(
          table.table(),
          table.files(),
          table.smallFiles(),
          table.mostFilesInPartition(),
          table.partitions(),
          table.bytes(),
          table.rows(),
          table.snapshots(),
          table.manifests(),
          table.metadataBytes(),
          text(table.lastCommit()));
    }
  }

  record LogStatus(int lanes, long pendingSegments, long lagSeconds, int quarantinedSegments) {
    private static LogStatus of(LogHealth log) {
      return new LogStatus(
          log.lanes(), log.pendingSegments(), log.lag().toSeconds(), log.quarantinedSegments());
    }
  }

  record RollUpStatus(int missingHours, @Nullable String oldestMissingHour) {}

  record TenantStatus(long bytes, SortedMap<String, Long> bytesByService) {}

  record RunStatus(
      String kind,
      @Nullable String plannedAt,
      int due,
      @Nullable String lastStart,
      @Nullable String lastEnd,
      @Nullable String lastSubject,
      SortedMap<String, Long> lastCounts,
      @Nullable String lastSuccess,
      @Nullable String lastFailure,
      @Nullable String lastError,
      long tasks,
      long failures,
      double busySeconds,
      SortedMap<String, Long> totals) {
    private static RunStatus of(LastRun run) {
      TaskOutcome last = run.last();
      LastRun.Failure failure = run.lastFailure();
      return new RunStatus(
          run.kind(),
          text(run.plannedAt()),
          run.due(),
          last == null ? null : text(last.start()),
          last == null ? null : text(last.end()),
          last == null ? null : last.subject(),
          last == null ? new TreeMap<>() : last.result().counts(),
          text(run.lastSuccess()),
          failure == null ? null : text(failure.at()),
          failure == null ? null : failure.subject() + ": " + failure.error(),
          run.tasks(),
          run.failures(),
          run.busy().toMillis() / 1e3,
          run.totals().counts());
    }
  }

  static LakeStatus of(
      HealthReport report, List<String> warnings, SortedMap<String, LastRun> runs) {
    LakeHealth lake = report.lake();
    SortedMap<String, TenantStatus> tenants = new TreeMap<>();
    lake.bytesByTenant()
        .forEach(
            (tenant, bytes) ->
                tenants.put(
                    tenant,
                    new TenantStatus(
                        bytes, lake.bytesByService().getOrDefault(tenant, new TreeMap<>()))));
    List<RunStatus> maintenance = new ArrayList<>();
    runs.values().forEach(run -> maintenance.add(RunStatus.of(run)));
    return new LakeStatus(
        lake.time().toString(),
        warnings,
        lake.tables().stream().map(TableStatus::of).toList(),
        LogStatus.of(report.log()),
        new RollUpStatus(lake.unrolledHours(), text(lake.oldestUnrolledHour())),
        tenants,
        maintenance);
  }

  private static @Nullable String text(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }
}
