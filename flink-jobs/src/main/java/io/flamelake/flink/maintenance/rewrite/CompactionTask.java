/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import static java.util.Objects.requireNonNull;

import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.TaskResult;
import io.flamelake.flink.sink.LakeTable;
import java.util.List;
import java.util.Locale;

/**
 * Merges files of some partitions of a table. Which files is decided when it runs, so that it is
 * right whatever was committed since it was planned.
 */
public final class CompactionTask implements MaintenanceTask {

  /** The kind of all tasks that rewrite files without changing what they say. */
  public static final String KIND = "compact";

  private static final long serialVersionUID = 1L;

  private final LakeTable table;
  private final CompactionMode mode;
  private final String group;

  @SuppressWarnings("serial") // A list of the JDK.
  private final List<Partition> partitions;

  CompactionTask(LakeTable table, CompactionMode mode, String group, List<Partition> partitions) {
    this.table = requireNonNull(table, "table");
    this.mode = requireNonNull(mode, "mode");
    this.group = requireNonNull(group, "group");
    this.partitions = List.copyOf(partitions);
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public String subject() {
    String what = mode.name().toLowerCase(Locale.ROOT);
    return table.tableName() + ": " + what + " " + group;
  }

  CompactionMode mode() {
    return mode;
  }

  List<Partition> partitions() {
    return partitions;
  }

  @Override
  public TaskResult run(MaintenanceContext context) throws Exception {
    return new Compaction<>(table.layout(), mode, context).run(partitions);
  }
}
