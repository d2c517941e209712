/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.TaskResult;
import io.flamelake.flink.maintenance.commit.FencedCommit.Outcome;
import io.flamelake.flink.sink.LakeFileReader;
import io.flamelake.flink.sink.LakeFileWriter;
import io.flamelake.flink.sink.LakeTable;
import io.flamelake.flink.sink.RowLayout;
import io.flamelake.flink.sink.StringPool;
import io.flamelake.flink.sink.WrittenFile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;
import org.apache.iceberg.io.InputFile;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Rewrites partitions of one table, and commits them. */
final class Compaction<R> {

  private static final Logger LOG = LoggerFactory.getLogger(Compaction.class);

  private static final int MAX_LEFT = 10_000;

  /** What the log of this process says already. */
  private static final Set<String> LEFT = ConcurrentHashMap.newKeySet();

  private final RowLayout<R> layout;
  private final CompactionMode mode;
  private final MaintenanceContext context;
  private final Table table;
  private final CompactionRules rules;
  private final LakeFileWriter<R> writer;

  Compaction(RowLayout<R> layout, CompactionMode mode, MaintenanceContext context) {
    this.layout = layout;
    this.mode = mode;
    this.context = context;
    this.table = layout.table().in(context.tables());
    this.rules = CompactionRules.of(table, context.config().smallFiles());
    this.writer =
        new LakeFileWriter<>(
            table,
            layout.compacted(),
            mode.fileNamePrefix(context.run()),
            mode.propertyOverrides(layout.table()));
  }

  TaskResult run(List<Partition> partitions) throws IOException, InterruptedException {
    SortedMap<Long, List<Rewrite>> bySequence = new TreeMap<>();
    for (Partition partition : partitions) {
      Rewrite rewrite = rewrite(partition);
      if (rewrite != null) {
        bySequence.computeIfAbsent(rewrite.sequence(), sequence -> new ArrayList<>()).add(rewrite);
      }
    }

    TaskResult result = TaskResult.NOTHING;
    for (List<Rewrite> rewrites : bySequence.values()) {
      // Files of one commit get one sequence number, and each partition has to keep its own.
      result = result.plus(commit(rewrites));
    }

    return result;
  }

  private TaskResult commit(List<Rewrite> rewrites) throws InterruptedException {
    RewriteCommit change = new RewriteCommit(rewrites);
    Outcome outcome = context.commit().commit(table, change::apply);
    if (outcome == Outcome.COMMITTED) {
      return change.result();
    }

    if (rewrites.size() == 1) {
      change.deleteFiles(table);
      return new TaskResult(Map.of(TaskResult.SKIPPED, 1L));
    }

    TaskResult result = TaskResult.NOTHING;
    for (Rewrite rewrite : rewrites) {
      result = result.plus(commit(List.of(rewrite)));
    }

    return result;
  }

  private @Nullable Rewrite rewrite(Partition partition) throws IOException, InterruptedException {
    PartitionFiles all = PartitionFiles.load(table, partition);
    for (String left : all.left()) {
      leave(partition, left);
    }

    List<DataFile> selected = rules.select(mode, readable(partition, all.files()));
    if (selected.isEmpty()) {
      return null;
    }

    FileMerge.Result merged = merge(partition, selected);
    return new Rewrite(all.snapshotId(), selected, merged);
  }

  private FileMerge.Result merge(Partition partition, List<DataFile> selected)
      throws IOException, InterruptedException {
    List<InputFile> inputs = new ArrayList<>();
    long bytes = 0;
    long rows = 0;
    for (DataFile file : selected) {
      inputs.add(table.io().newInputFile(file));
      bytes += file.fileSizeInBytes();
      rows += file.recordCount();
    }

    FileMerge<R> merge =
        new FileMerge<>(table, layout, context.temporary(), context.config().sortMemoryBytes());
    long fileBytes = RollingFiles.fileBytes(rules.targetBytes(), bytes);
    FileMerge.Result result;
    try {
      result = merge.merge(partition, inputs, writer, fileBytes);
    } catch (InterruptedIOException e) {
      Thread.interrupted();
      throw (InterruptedException) new InterruptedException(e.getMessage()).initCause(e);
    }

    boolean mayRepeat = layout.table() == LakeTable.STACKS || layout.table() == LakeTable.SERIES;
    if (result.rowsRead() != rows || (!mayRepeat && result.rowsWritten() != rows)) {
      deleteFiles(result.files());
      throw new IllegalStateException(
          "Files of table %s, partition %s, have %d rows, but %d were read and %d written"
              .formatted(table.name(), partition, rows, result.rowsRead(), result.rowsWritten()));
    }

    return result;
  }

  private List<DataFile> readable(Partition partition, List<DataFile> files) throws IOException {
    List<DataFile> readable = new ArrayList<>();
    StringPool strings = new StringPool(0);
    for (DataFile file : files) {
      InputFile input = table.io().newInputFile(file);
      try (LakeFileReader<R> reader = LakeFileReader.open(input, table.schema(), layout, strings)) {
        List<String> unknown = reader.unknownColumns();
        if (unknown.isEmpty()) {
          readable.add(file);
        } else {
          leave(
              partition,
              file.location() + " has values in columns that somebody added: " + unknown);
        }
      } catch (UnsupportedOperationException e) {
        leave(partition, file.location() + ": " + e.getMessage());
      }
    }

    return readable;
  }

  private void leave(Partition partition, String fileAndReason) {
    // A file that is left is looked at again and again; it is worth one line in the log.
    if (LEFT.size() < MAX_LEFT && LEFT.add(fileAndReason)) {
      LOG.warn(
          "Not compacted in table {}, partition {}: {}", table.name(), partition, fileAndReason);
    }
  }

  private void deleteFiles(List<WrittenFile> files) {
    files.forEach(file -> table.io().deleteFile(file.location()));
  }
}
