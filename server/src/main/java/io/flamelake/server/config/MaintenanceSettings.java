/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.flink.maintenance.MaintenanceConfig;
import io.flamelake.flink.maintenance.MaintenanceConfigBuilder;
import io.flamelake.flink.maintenance.RetentionSettings;
import io.flamelake.flink.maintenance.TaskKind;
import io.flamelake.flink.source.SegmentLogLocation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How the tables and the segment log are kept in order. */
@ConfigSection("Maintenance")
public record MaintenanceSettings(
    @ConfigKey(
            name = "maintenance.interval",
            defaultValue = "15s",
            description =
                "The pause between two looks for what is due: hours to compact and requests to"
                    + " delete every time, other tasks at intervals of their own.")
        Duration interval,
    @ConfigKey(
            name = "maintenance.roll-up-interval",
            defaultValue = "1m",
            description = "How often roll-ups that are missing or stale are looked for.")
        Duration rollUpInterval,
    @ConfigKey(
            name = "maintenance.retention-interval",
            defaultValue = "5m",
            description = "How often rows past their time are looked for.")
        Duration retentionInterval,
    @ConfigKey(
            name = "maintenance.expire-interval",
            defaultValue = "5m",
            description = "How often snapshots past `maintenance.snapshot-age` are dropped.")
        Duration expireInterval,
    @ConfigKey(
            name = "maintenance.manifests-interval",
            defaultValue = "10m",
            description = "How often it is looked whether manifests have become too many.")
        Duration manifestsInterval,
    @ConfigKey(
            name = "maintenance.orphans-interval",
            defaultValue = "1h",
            description = "How often the store is listed for files that no table refers to.")
        Duration orphansInterval,
    @ConfigKey(
            name = "maintenance.segments-interval",
            defaultValue = "5m",
            description = "How often segments that are in the tables are deleted.")
        Duration segmentsInterval,
    @ConfigKey(
            name = "maintenance.health-interval",
            defaultValue = "30s",
            description = "How often the figures of `/admin/lake` and the like are read.")
        Duration healthInterval,
    @ConfigKey(
            name = "maintenance.parallelism",
            defaultValue = "auto",
            description = "Tasks that run at once. `auto`: one per two processors.")
        @Nullable Integer parallelism,
    @ConfigKey(
            name = "maintenance.left-out",
            description =
                "Tasks that this process does not run, as a comma list of `deletion`, `retention`,"
                    + " `compact`, `roll-up`, `expire`, `manifests`, `orphans`, `segments`.")
        String leftOut,
    @ConfigKey(
            name = "maintenance.closed-after",
            defaultValue = "10m",
            description =
                "The time after the end of an hour, or a day, when it counts as closed: it is"
                    + " sorted and rolled up then. Profiles that come later make it due again.")
        Duration closedAfter,
    @ConfigKey(
            name = "maintenance.small-files",
            defaultValue = "8",
            description = "How many small files of an open hour are packed into one.")
        int smallFiles,
    @ConfigKey(
            name = "maintenance.sort-memory",
            defaultValue = "auto",
            description =
                "Rows that one task holds in memory; what is more goes to local disk. `auto`: an"
                    + " eighth of the heap, 128 MiB at most.")
        @Nullable DataSize sortMemory,
    @ConfigKey(
            name = "maintenance.snapshot-age",
            defaultValue = "20m",
            description =
                "How long a snapshot is kept for queries that read it; longer than"
                    + " `ingester.duplicate-window` and `query.request-timeout`. Tags and branches"
                    + " stay.")
        Duration snapshotAge,
    @ConfigKey(
            name = "maintenance.orphan-grace",
            defaultValue = "3h",
            description =
                "The age at which a file that no table refers to is deleted; longer than any commit"
                    + " takes.")
        Duration orphanGrace,
    @ConfigKey(
            name = "maintenance.segment-grace",
            defaultValue = "1h",
            description = "How long a segment is kept after its profiles are in the tables.")
        Duration segmentGrace,
    @ConfigKey(
            name = "maintenance.lane-retention",
            defaultValue = "7d",
            description =
                "How long the end of a lane is remembered after its last segment is deleted.")
        Duration laneRetention,
    @ConfigKey(
            name = "maintenance.retention-period",
            defaultValue = "0",
            description =
                "How long profiles are kept; `0` is for ever. Single tenants: `retention_period`"
                    + " and `retention_rules` in `limits.overrides-file`.")
        Duration retentionPeriod,
    @ConfigKey(
            name = "maintenance.rollup-retention-period",
            defaultValue = "auto",
            description =
                "How long roll-ups are kept, `0` for ever. `auto`: as long as profiles, which is"
                    + " also the least. Single tenants: `rollup_retention_period`.")
        @Nullable Duration rollUpRetentionPeriod) {

  private static final long MAX_SORT_MEMORY = 128 << 20;

  public MaintenanceSettings {
    Duration shortest = Duration.ofMillis(1);
    Checks.checkAtLeast("maintenance.interval", interval, shortest);
    Checks.checkAtLeast("maintenance.roll-up-interval", rollUpInterval, shortest);
    Checks.checkAtLeast("maintenance.retention-interval", retentionInterval, shortest);
    Checks.checkAtLeast("maintenance.expire-interval", expireInterval, shortest);
    Checks.checkAtLeast("maintenance.manifests-interval", manifestsInterval, shortest);
    Checks.checkAtLeast("maintenance.orphans-interval", orphansInterval, shortest);
    Checks.checkAtLeast("maintenance.segments-interval", segmentsInterval, shortest);
    Checks.checkAtLeast("maintenance.health-interval", healthInterval, shortest);
    Checks.checkAtLeast("maintenance.small-files", smallFiles, 2);
    if (parallelism != null) {
      Checks.checkAtLeast("maintenance.parallelism", parallelism, 1);
    }

    if (sortMemory != null) {
      Checks.checkAtLeast("maintenance.sort-memory", sortMemory.bytes(), 1);
    }

    try {
      TaskKind.parseList(leftOut);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("maintenance.left-out: " + e.getMessage(), e);
    }
  }

  /** Maintenance's own configuration; the rest of it follows from other settings. */
  public MaintenanceConfigBuilder toMaintenanceConfig(
      CatalogConfig catalog, StorageConfig storage, IngesterSettings ingester) {
    SegmentLogLocation log =
        new SegmentLogLocation(storage.effectiveObjectStoreUri(), storage.objectStoreProperties());
    return MaintenanceConfig.builder(catalog, log)
        .interval(interval)
        .interval(TaskKind.DELETION.kindName(), interval)
        .interval(TaskKind.COMPACT.kindName(), interval)
        .interval(TaskKind.ROLL_UP.kindName(), rollUpInterval)
        .interval(TaskKind.RETENTION.kindName(), retentionInterval)
        .interval(TaskKind.EXPIRE.kindName(), expireInterval)
        .interval(TaskKind.MANIFESTS.kindName(), manifestsInterval)
        .interval(TaskKind.ORPHANS.kindName(), orphansInterval)
        .interval(TaskKind.SEGMENTS.kindName(), segmentsInterval)
        .leftOut(kindNames(TaskKind.parseList(leftOut)))
        .closedAfter(closedAfter)
        .smallFiles(smallFiles)
        .sortMemoryBytes(effectiveSortMemory())
        .snapshotAge(snapshotAge)
        .orphanGrace(orphanGrace)
        .segmentGrace(segmentGrace)
        .laneRetention(laneRetention)
        .duplicateWindow(ingester.duplicateWindow())
        .commitRetry(ingester.commitRetry());
  }

  /** How long data is kept. */
  public RetentionSettings toRetention(LimitsConfig limits) {
    Path overrides = limits.overridesPath();
    return new RetentionSettings(
        retentionPeriod, rollUpRetentionPeriod, overrides == null ? "" : overrides.toString());
  }

  /** The configured parallelism, or that of the machine. */
  public int effectiveParallelism() {
    return parallelism == null
        ? Math.max(1, Runtime.getRuntime().availableProcessors() / 2)
        : parallelism;
  }

  private long effectiveSortMemory() {
    return sortMemory == null
        ? Math.min(MAX_SORT_MEMORY, Runtime.getRuntime().maxMemory() / 8)
        : sortMemory.bytes();
  }

  private static Set<String> kindNames(Set<TaskKind> kinds) {
    return kinds.stream().map(TaskKind::kindName).collect(Collectors.toCollection(TreeSet::new));
  }
}
