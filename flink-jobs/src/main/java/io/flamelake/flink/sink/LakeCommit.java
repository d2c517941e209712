/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import io.flamelake.flink.sink.TableCommit.Outcome;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.iceberg.TableOperations;

/**
 * The commit protocol over all tables: stacks, then series, then profiles, whose watermarks are the
 * truth about what was ingested.
 */
final class LakeCommit {

  private final Map<LakeTable, TableCommit> commits = new EnumMap<>(LakeTable.class);
  private final Listener listener;

  LakeCommit(
      Function<LakeTable, TableOperations> operations, CommitRetry retry, Listener listener) {
    this.listener = listener;
    for (LakeTable table : LakeTable.INGESTED) {
      Consumer<LakeTable> onRetry = listener::attemptFailed;
      commits.put(
          table,
          new TableCommit(table, operations.apply(table), retry, attempt -> onRetry.accept(table)));
    }
  }

  /**
   * Commits the set of a checkpoint that this run of the job made.
   *
   * @throws LaneConflictException if the table has a part of it; its symbols are committed then
   */
  void commit(PendingFileSet set) throws InterruptedException {
    if (set.files().ranges().isEmpty()) {
      if (!set.files().files().isEmpty()) {
        throw new IllegalStateException("Files without segments: " + set.files().files());
      }

      return;
    }

    for (LakeTable table : LakeTable.INGESTED) {
      if (table == LakeTable.PROFILES) {
        report(table, of(table).commitProfiles(set));
      } else if (!set.files().filesOf(table).isEmpty()) {
        report(table, of(table).commitSymbols(set));
      }
    }
  }

  /**
   * Commits what a restored set is still needed for. Its profiles are read again from the log; its
   * symbols are not, because the restored state of the decoder says that they were written.
   */
  void commitRestored(PendingFileSet set) throws InterruptedException {
    for (LakeTable table : LakeTable.INGESTED) {
      if (table != LakeTable.PROFILES && !set.files().filesOf(table).isEmpty()) {
        report(table, of(table).commitRestoredSymbols(set));
      }
    }
  }

  private TableCommit of(LakeTable table) {
    TableCommit commit = commits.get(table);
    if (commit == null) {
      throw new IllegalStateException("No table " + table);
    }

    return commit;
  }

  private void report(LakeTable table, Outcome outcome) {
    if (outcome == Outcome.COMMITTED) {
      listener.committed(table);
    } else {
      listener.foundCovered(table);
    }
  }

  /** Is told what happens, for metrics. */
  interface Listener {

    void committed(LakeTable table);

    void foundCovered(LakeTable table);

    void attemptFailed(LakeTable table);
  }
}
