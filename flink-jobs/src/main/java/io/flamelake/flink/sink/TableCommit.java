/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import io.flamelake.catalog.LaneRanges;
import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.catalog.LaneWatermarks.Coverage;
import io.flamelake.flink.sink.PinnedOperations.StaleTableException;
import java.time.Duration;
import java.util.List;
import java.util.function.LongConsumer;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.Transactions;
import org.apache.iceberg.UpdateProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits the files of one table, once, whatever becomes of the responses.
 *
 * <p>Every attempt begins with fresh metadata and looks there whether the set is in the table
 * already: by the id in a snapshot's summary, and by the lane watermarks in the properties. Files
 * and watermarks are then committed in one step onto that very version. A request of an earlier
 * attempt that is still on its way can therefore land before, and is found, or after, and is
 * refused by the catalog. Data files are never deleted here: after an unknown outcome they may be
 * part of the table.
 */
final class TableCommit {

  /** In a snapshot's summary: the id of the file set that it added. */
  static final String FILE_SET_PROPERTY = "flamelake.file-set";

  private static final Logger LOG = LoggerFactory.getLogger(TableCommit.class);

  private final LakeTable table;
  private final TableOperations operations;
  private final CommitRetry retry;
  private final LongConsumer onRetry;

  /**
   * @param onRetry is told the number of each attempt that failed
   */
  TableCommit(
      LakeTable table, TableOperations operations, CommitRetry retry, LongConsumer onRetry) {
    this.table = table;
    this.operations = operations;
    this.retry = retry;
    this.onRetry = onRetry;
  }

  /**
   * Commits symbols: they are content-addressed, so a second job's rows of the same segments do no
   * harm, and are wanted where the first one lacked any of them.
   */
  Outcome commitSymbols(PendingFileSet set) throws InterruptedException {
    return commit(set, Rule.APPEND);
  }

  /** Commits symbols of a restored set, unless the table is past its segments. */
  Outcome commitRestoredSymbols(PendingFileSet set) throws InterruptedException {
    return commit(set, Rule.APPEND_UNLESS_COVERED);
  }

  /**
   * Commits profiles.
   *
   * @throws LaneConflictException if the table has a part of the segments, or lacks some before
   */
  Outcome commitProfiles(PendingFileSet set) throws InterruptedException {
    return commit(set, Rule.APPEND_NEXT);
  }

  private Outcome commit(PendingFileSet set, Rule rule) throws InterruptedException {
    long deadline = System.nanoTime() + retry.timeout().toNanos();
    for (int attempt = 1; ; attempt++) {
      try {
        return tryCommit(set, rule);
      } catch (LaneConflictException | LostFileException e) {
        throw e;
      } catch (RuntimeException e) {
        onRetry.accept(attempt);
        if (System.nanoTime() > deadline) {
          throw e;
        }

        logFailure(attempt, e);
      }

      Duration pause = retry.pauseAfter(attempt);
      Thread.sleep(pause.toMillis());
    }
  }

  private Outcome tryCommit(PendingFileSet set, Rule rule) {
    TableMetadata base = operations.refresh();
    LaneRanges ranges = set.files().ranges();
    LaneWatermarks watermarks = LaneWatermarks.ofProperties(base.properties());
    if (isIn(base, set)) {
      return Outcome.COMMITTED;
    }

    Coverage coverage = watermarks.coverage(ranges);
    if (coverage == Coverage.ALL && rule != Rule.APPEND) {
      return Outcome.COVERED;
    }

    if (coverage != Coverage.NONE && rule == Rule.APPEND_NEXT) {
      throw new LaneConflictException(table, ranges, watermarks);
    }

    if (rule == Rule.APPEND_UNLESS_COVERED) {
      checkFiles(set);
    }

    append(base, set, watermarks.advancedTo(ranges));
    return Outcome.COMMITTED;
  }

  /** A restored set may be old, and its files taken for orphans meanwhile. */
  private void checkFiles(PendingFileSet set) {
    for (WrittenFile file : set.files().filesOf(table)) {
      if (!operations.io().newInputFile(file.location()).exists()) {
        throw new LostFileException(file.location());
      }
    }
  }

  private void append(TableMetadata base, PendingFileSet set, LaneWatermarks advanced) {
    PinnedOperations pinned = new PinnedOperations(operations, base);
    Transaction transaction = Transactions.newTransaction(table.tableName(), pinned);
    List<WrittenFile> files = set.files().filesOf(table);
    // Also without files: it is the snapshot that a REST catalog holds a commit to. Properties
    // alone it sets on any version, so a request that comes late would set a watermark back.
    AppendFiles append = transaction.newAppend();
    files.forEach(file -> append.appendFile(file.toDataFile(base.spec(), base.sortOrder())));
    append.set(FILE_SET_PROPERTY, set.id().toString());
    append.set(
        LaneWatermarks.SUMMARY_PROPERTY,
        LaneWatermarks.ofSequences(set.files().ranges().ends()).toSummary());
    append.commit();
    UpdateProperties properties = transaction.updateProperties();
    set.files()
        .ranges()
        .ends()
        .keySet()
        .forEach(
            lane ->
                properties.set(
                    LaneWatermarks.PROPERTY_PREFIX + lane, Long.toString(advanced.sequence(lane))));
    properties.commit();
    transaction.commitTransaction();
  }

  private boolean isIn(TableMetadata base, PendingFileSet set) {
    String id = set.id().toString();
    for (Snapshot snapshot : base.snapshots()) {
      if (id.equals(snapshot.summary().get(FILE_SET_PROPERTY))) {
        return true;
      }
    }

    return false;
  }

  private void logFailure(int attempt, RuntimeException failure) {
    if (failure instanceof StaleTableException) {
      LOG.info("Table {} changed during attempt {} to commit", table.tableName(), attempt);
      return;
    }

    LOG.warn(
        "Outcome of attempt {} to commit to table {} is unknown",
        attempt,
        table.tableName(),
        failure);
  }

  /** What became of a set. */
  enum Outcome {
    COMMITTED,
    /** The segments were in the table by other means; the files were not added. */
    COVERED
  }

  private enum Rule {
    APPEND,
    APPEND_UNLESS_COVERED,
    APPEND_NEXT
  }
}
