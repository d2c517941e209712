/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import io.flamelake.flink.maintenance.MaintenanceConfig;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.TaskPlanner;
import io.flamelake.flink.sink.LakeTable;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;

/**
 * Finds partitions with too many small files, and closed ones whose files are not all sorted yet.
 *
 * <p>A partition is closed some time after its end, but not before its newest data is as old, so
 * that late data is not rewritten while more of it comes. Until then it is packed like an open one.
 */
public final class CompactionPlanner implements TaskPlanner {

  /** A partition of more bytes is a task of its own. */
  private static final long LARGE_BYTES = 32 << 20;

  /** Small partitions are worked on in so many groups, by tenant. */
  private static final int GROUPS = 8;

  private static final int MAX_PARTITIONS = 100;

  /** What is read by most queries first. */
  private static final List<LakeTable> ORDER =
      List.of(
          LakeTable.PROFILES,
          LakeTable.STACKS,
          LakeTable.SERIES,
          LakeTable.FLAME_1H,
          LakeTable.FLAME_1D);

  private final Map<LakeTable, ManifestIndex> indexes = new EnumMap<>(LakeTable.class);

  @Override
  public List<CompactionTask> plan(MaintenanceContext context) throws IOException {
    List<CompactionTask> packs = new ArrayList<>();
    List<CompactionTask> sorts = new ArrayList<>();
    for (LakeTable lakeTable : ORDER) {
      Due due = new Due(context.config(), lakeTable, lakeTable.in(context.tables()));
      due.look(context.clock().instant());
      packs.addAll(due.tasks(CompactionMode.PACK));
      sorts.addAll(due.tasks(CompactionMode.SORT));
    }

    // Too many files make each query slower; unsorted ones only make it slower later.
    packs.addAll(sorts);
    return packs;
  }

  /** The work at one table. */
  private final class Due {

    private final MaintenanceConfig config;
    private final LakeTable lakeTable;
    private final Table table;
    private final CompactionRules rules;
    private final Map<CompactionMode, SortedMap<String, List<Partition>>> partitions =
        new EnumMap<>(CompactionMode.class);

    private Due(MaintenanceConfig config, LakeTable lakeTable, Table table) {
      this.config = config;
      this.lakeTable = lakeTable;
      this.table = table;
      this.rules = CompactionRules.of(table, config.smallFiles());
    }

    private void look(Instant now) throws IOException {
      ManifestIndex index = indexes.computeIfAbsent(lakeTable, ManifestIndex::new);
      Instant closed = now.minus(config.closedAfter());
      QuietTime quiet = QuietTime.before(table, now.minus(config.compactQuiet()));
      index
          .findUnfinished(table)
          .forEach(
              (partition, files) -> {
                boolean isClosed =
                    !partition.end().isAfter(closed) && files.stream().allMatch(quiet::covers);
                CompactionMode mode = isClosed ? CompactionMode.SORT : CompactionMode.PACK;
                if (!rules.select(mode, files).isEmpty()) {
                  add(mode, partition, files);
                }
              });
    }

    private void add(CompactionMode mode, Partition partition, List<DataFile> files) {
      long bytes = files.stream().mapToLong(DataFile::fileSizeInBytes).sum();
      boolean isLarge = mode == CompactionMode.SORT && bytes > LARGE_BYTES;
      String group =
          isLarge
              ? partition.toString()
              : String.format(
                  Locale.ROOT,
                  "small partitions, group %d",
                  Math.floorMod(partition.tenant().hashCode(), GROUPS));
      partitions
          .computeIfAbsent(mode, key -> new TreeMap<>())
          .computeIfAbsent(group, key -> new ArrayList<>())
          .add(partition);
    }

    private List<CompactionTask> tasks(CompactionMode mode) {
      List<CompactionTask> tasks = new ArrayList<>();
      partitions
          .getOrDefault(mode, new TreeMap<>())
          .forEach(
              (group, all) -> {
                List<Partition> first = all.subList(0, Math.min(all.size(), MAX_PARTITIONS));
                tasks.add(new CompactionTask(lakeTable, mode, group, first));
              });
      return tasks;
    }
  }
}
