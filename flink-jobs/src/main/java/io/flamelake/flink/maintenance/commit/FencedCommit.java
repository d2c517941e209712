/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.commit;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.MaintenanceClaim;
import io.flamelake.flink.sink.CommitRetry;
import io.flamelake.flink.sink.PinnedOperations;
import io.flamelake.flink.sink.PinnedOperations.StaleTableException;
import io.flamelake.segment.Ulid;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.TableMetadata;
import org.apache.iceberg.TableOperations;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.Transactions;
import org.apache.iceberg.UpdateProperties;
import org.apache.iceberg.exceptions.ValidationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only way in which maintenance commits to a table: as the run that holds the table's {@link
 * MaintenanceClaim}, or takes it with this very commit from an earlier run.
 *
 * <p>Every attempt begins with fresh metadata, looks at the claim there, and is committed onto that
 * very version. It moves the main branch whatever it changes, because that is all a REST catalog
 * orders commits by: once a later run has committed, a request of an earlier one that was still on
 * its way is refused. No other property than the claim is touched by the commit itself.
 *
 * <p>Thread-safe; commits of one run to one table wait for each other. Several instances may commit
 * for the same run.
 */
public final class FencedCommit {

  private static final Logger LOG = LoggerFactory.getLogger(FencedCommit.class);

  private final String run;
  private final CommitRetry retry;
  private final Clock clock;
  private final Map<String, ReentrantLock> locks = new ConcurrentHashMap<>();

  /** Commits for a run whose id was made by {@link RunId}. */
  public FencedCommit(String run, CommitRetry retry) {
    this(run, retry, Clock.systemUTC());
  }

  /** Commits for a run; the clock says when the claim was last used. */
  public FencedCommit(String run, CommitRetry retry, Clock clock) {
    if (!Ulid.isUlid(run)) {
      throw new IllegalArgumentException("Maintenance run: " + run + " (expected: a ULID)");
    }

    this.run = run;
    this.retry = requireNonNull(retry, "retry");
    this.clock = requireNonNull(clock, "clock");
  }

  public String run() {
    return run;
  }

  /**
   * Commits a change, once, whatever becomes of the responses.
   *
   * <p>Files that were written for the change may be deleted by the caller if the outcome is {@link
   * Outcome#SUPERSEDED}, and in no other case: after an exception they may be part of the table, or
   * become so.
   *
   * <p>A change that replaces files has to say {@code validateFromSnapshot} with the snapshot that
   * it read them from. Without, Iceberg wants the history since the table was made, and where
   * snapshots were ever expired calls every change superseded.
   *
   * @param change adds its operations to a transaction on the newest metadata, and commits each of
   *     them there; called again after a conflict. One that adds nothing commits nothing.
   * @throws ClaimLostException if a later run has the claim
   * @throws RuntimeException if it could not be committed in time, or whether it was is not known
   */
  public Outcome commit(Table table, Consumer<Transaction> change) throws InterruptedException {
    ReentrantLock lock = locks.computeIfAbsent(table.name(), name -> new ReentrantLock());
    lock.lockInterruptibly();
    try {
      return new Attempts(table, change, Hold.KEEP).commit();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes the claim of a table, unless this run has it: from then on no earlier run can commit.
   *
   * @throws ClaimLostException if a later run has the claim
   */
  public void claim(Table table) throws InterruptedException {
    commit(
        table,
        transaction -> {
          MaintenanceClaim claim = MaintenanceClaim.find(transaction.table());
          if (claim == null || !claim.run().equals(run)) {
            transaction.newAppend().commit();
          }
        });
  }

  /** Gives up the claim of a table, if this run has it; the run cannot commit to it any more. */
  public void release(Table table) throws InterruptedException {
    ReentrantLock lock = locks.computeIfAbsent(table.name(), name -> new ReentrantLock());
    lock.lockInterruptibly();
    try {
      table.refresh();
      MaintenanceClaim claim = MaintenanceClaim.find(table);
      if (claim != null && claim.run().equals(run) && !claim.isReleased()) {
        Consumer<Transaction> move = transaction -> transaction.newAppend().commit();
        new Attempts(table, move, Hold.RELEASE).commit();
      }
    } catch (ClaimLostException e) {
      LOG.debug("Nothing to release", e);
    } finally {
      lock.unlock();
    }
  }

  /** What became of a change. */
  public enum Outcome {
    /** The table has it. */
    COMMITTED,
    /** It does not fit the table any more, and never will: files to be replaced are gone. */
    SUPERSEDED
  }

  private enum Hold {
    KEEP,
    RELEASE
  }

  /** One change on its way into a table. */
  private final class Attempts {

    private final Table table;
    private final TableOperations operations;
    private final Consumer<Transaction> change;
    private final Hold hold;
    // Snapshots of attempts without an answer: one that is found in the table did land.
    private final Set<Long> unanswered = new HashSet<>();

    private Attempts(Table table, Consumer<Transaction> change, Hold hold) {
      this.table = table;
      this.operations = ((HasTableOperations) table).operations();
      this.change = change;
      this.hold = hold;
    }

    private Outcome commit() throws InterruptedException {
      long deadline = System.nanoTime() + retry.timeout().toNanos();
      for (int attempt = 1; ; attempt++) {
        try {
          return tryCommit();
        } catch (ClaimLostException
            | UnsettledCommitException
            | IllegalArgumentException
            | IllegalStateException e) {
          throw e;
        } catch (RuntimeException e) {
          if (System.nanoTime() > deadline) {
            throw e;
          }

          logFailure(attempt, e);
        }

        Duration pause = retry.pauseAfter(attempt);
        Thread.sleep(pause.toMillis());
      }
    }

    private Outcome tryCommit() {
      TableMetadata base = operations.refresh();
      if (hasLanded(base)) {
        return Outcome.COMMITTED;
      }

      checkClaim(base);
      PinnedOperations pinned = new PinnedOperations(operations, base);
      Transaction transaction = Transactions.newTransaction(table.name(), pinned);
      try {
        change.accept(transaction);
      } catch (ValidationException e) {
        return supersededBy(e);
      }

      if (metadataOf(transaction).changes().size() == base.changes().size()) {
        return Outcome.COMMITTED;
      }

      if (isMainAsIn(base, transaction)) {
        transaction.newAppend().commit();
      }

      setClaim(transaction);
      send(transaction, base);
      return Outcome.COMMITTED;
    }

    private boolean hasLanded(TableMetadata base) {
      return base.snapshots().stream().map(Snapshot::snapshotId).anyMatch(unanswered::contains);
    }

    private void checkClaim(TableMetadata base) {
      MaintenanceClaim claim = MaintenanceClaim.findIn(base.properties());
      if (claim != null && claim.fences(run)) {
        throw new ClaimLostException(table.name(), run, claim);
      }

      if (claim != null && !claim.run().equals(run)) {
        LOG.info("Run {} takes table {} over from run {}", run, table.name(), claim.run());
      }
    }

    private Outcome supersededBy(ValidationException reason) {
      if (!unanswered.isEmpty()) {
        // An earlier attempt may have done it, and its snapshot may have been expired since.
        throw new UnsettledCommitException(table.name(), reason);
      }

      LOG.info("A change of table {} is superseded: {}", table.name(), reason.getMessage());
      return Outcome.SUPERSEDED;
    }

    private void setClaim(Transaction transaction) {
      Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
      MaintenanceClaim held = new MaintenanceClaim(run, now);
      UpdateProperties properties = transaction.updateProperties();
      if (hold == Hold.RELEASE) {
        held.released().toProperties().forEach(properties::set);
        properties.remove(MaintenanceClaim.ACTIVE_PROPERTY);
      } else {
        held.toProperties().forEach(properties::set);
      }

      properties.commit();
    }

    private void send(Transaction transaction, TableMetadata base) {
      Set<Long> added = new HashSet<>();
      metadataOf(transaction).snapshots().forEach(snapshot -> added.add(snapshot.snapshotId()));
      base.snapshots().forEach(snapshot -> added.remove(snapshot.snapshotId()));
      try {
        transaction.commitTransaction();
      } catch (StaleTableException e) {
        throw e;
      } catch (RuntimeException e) {
        unanswered.addAll(added);
        throw e;
      }
    }

    private void logFailure(int attempt, RuntimeException failure) {
      if (failure instanceof StaleTableException) {
        LOG.debug("Table {} changed during attempt {} to commit", table.name(), attempt);
        return;
      }

      LOG.warn("Attempt {} to commit to table {} failed", attempt, table.name(), failure);
    }
  }

  private static TableMetadata metadataOf(Transaction transaction) {
    return ((HasTableOperations) transaction.table()).operations().current();
  }

  private static boolean isMainAsIn(TableMetadata base, Transaction transaction) {
    Snapshot before = base.currentSnapshot();
    Snapshot after = metadataOf(transaction).currentSnapshot();
    return before == null || after == null
        ? before == after
        : before.snapshotId() == after.snapshotId();
  }

  /** An attempt got no answer, and the change cannot be made again to find out. */
  private static final class UnsettledCommitException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private UnsettledCommitException(String table, ValidationException cause) {
      super("It is not known whether a change of table " + table + " was committed", cause);
    }
  }
}
