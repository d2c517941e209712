/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import io.flamelake.catalog.FlameTable;
import io.flamelake.catalog.LakeTables;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.TaskResult;
import io.flamelake.flink.maintenance.commit.FencedCommit;
import io.flamelake.flink.sink.FlameTableRow;
import io.flamelake.flink.sink.WrittenFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.OverwriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.exceptions.ValidationException;
import org.apache.iceberg.io.CloseableIterable;
import org.apache.iceberg.types.Types.NestedField;

/**
 * The rows of a roll-up table of one tenant and day, in one version of the table, and how they are
 * replaced: all at once, and only if nobody changed the day's files meanwhile.
 */
final class FlameDay {

  private final FlamePeriod period;
  private final Table flames;
  private final String tenant;
  private final int day;
  private final List<FlameFile> files;

  private FlameDay(
      FlamePeriod period, Table flames, String tenant, int day, List<FlameFile> files) {
    this.period = period;
    this.flames = flames;
    this.tenant = tenant;
    this.day = day;
    this.files = files;
  }

  static FlameDay read(FlamePeriod period, Table flames, String tenant, int day)
      throws IOException {
    return new FlameDay(
        period, flames, tenant, day, new FlameFiles(period).read(flames, tenant, day));
  }

  List<FlameFile> files() {
    return files;
  }

  /** Returns the files that have rows of any of these periods. */
  List<FlameFile> filesOf(Collection<Integer> periods) {
    return files.stream()
        .filter(file -> periods.stream().anyMatch(file.covered()::containsKey))
        .toList();
  }

  /** Returns a reader of whole rows of all tenants and days. */
  static RowFiles<FlameTableRow> wholeRows(FlamePeriod period, LakeTables tables) {
    Set<String> columns =
        FlameTable.SCHEMA.columns().stream().map(NestedField::name).collect(Collectors.toSet());
    return new RowFiles<>(period.table(tables), period.layout(), columns);
  }

  /**
   * Puts the rows that were written in the place of some files; nothing is committed, and the new
   * files are deleted, if the day has other files than those that were read.
   *
   * @param rows how many of the rows are new
   * @param periods how many periods they are of
   */
  TaskResult replace(
      MaintenanceContext context,
      List<FlameFile> replaced,
      FlameWriter writer,
      long rows,
      long periods)
      throws IOException, InterruptedException {
    List<WrittenFile> added = writer.finish();
    if (replaced.isEmpty() && added.isEmpty()) {
      return TaskResult.NOTHING;
    }

    if (commit(context.commit(), replaced, added) == FencedCommit.Outcome.SUPERSEDED) {
      writer.discard();
      return new TaskResult(Map.of(TaskResult.SKIPPED, periods));
    }

    return new TaskResult(
        Map.of(
            TaskResult.ROWS,
            rows,
            period.countName(),
            periods,
            TaskResult.FILES_IN,
            (long) replaced.size(),
            TaskResult.FILES_OUT,
            (long) added.size(),
            TaskResult.BYTES_OUT,
            writer.sizeBytes()));
  }

  private FencedCommit.Outcome commit(
      FencedCommit commit, List<FlameFile> replaced, List<WrittenFile> added)
      throws InterruptedException {
    return commit.commit(
        flames,
        transaction -> {
          checkUnchanged(transaction);
          OverwriteFiles overwrite = transaction.newOverwrite();
          replaced.forEach(file -> overwrite.deleteFile(file.file()));
          added.forEach(
              file -> overwrite.addFile(file.toDataFile(flames.spec(), flames.sortOrder())));
          overwrite.commit();
        });
  }

  private void checkUnchanged(Transaction transaction) {
    Set<String> read =
        files.stream().map(file -> file.file().location()).collect(Collectors.toSet());
    Snapshot base = transaction.table().currentSnapshot();
    Set<String> current = base == null ? Set.of() : locations(base.snapshotId());
    if (!current.equals(read)) {
      throw new ValidationException(
          "Files of tenant %s and day %s in table %s changed meanwhile",
          tenant, day, flames.name());
    }
  }

  private Set<String> locations(long snapshotId) {
    Set<String> locations = new HashSet<>();
    try (CloseableIterable<FileScanTask> tasks =
        flames.newScan().useSnapshot(snapshotId).filter(FlameFiles.isOf(tenant, day)).planFiles()) {
      tasks.forEach(task -> locations.add(task.file().location()));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot plan a scan of table " + flames.name(), e);
    }

    return locations;
  }
}
