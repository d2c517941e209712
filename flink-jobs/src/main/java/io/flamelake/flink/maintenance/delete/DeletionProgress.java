/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far a deletion has come.
 *
 * @param waitingFor what comes next and what it waits for, for people
 * @param hours of table {@code profiles} that may hold rows to be removed
 * @param hoursDone how many of them have been looked through
 * @param rows of {@code profiles} that were removed
 * @param otherRows of the other tables
 * @param rowsGoneAt since when no query finds the rows
 * @param quietSince since when the days that are left are watched for new profiles
 * @param quietSequence the sequence number of {@code profiles} then
 * @param daysLeft days, counted from the epoch, whose {@code stacks} and {@code series} are still
 *     to be gone through
 * @param symbolsGoneAt since when these have no rows of it either
 * @param cleanSequences by table: the snapshot of this sequence number, and all after it, are free
 *     of the rows; known since {@code symbolsGoneAt}
 * @param expectedDoneAt when the last byte is expected to be gone
 * @param doneAt when it was
 */
public record DeletionProgress(
    DeletionState state,
    String waitingFor,
    int hours,
    int hoursDone,
    long rows,
    long otherRows,
    @Nullable Instant rowsGoneAt,
    @Nullable Instant quietSince,
    long quietSequence,
    List<Integer> daysLeft,
    @Nullable Instant symbolsGoneAt,
    SortedMap<String, Long> cleanSequences,
    @Nullable Instant expectedDoneAt,
    @Nullable Instant doneAt) {

  public DeletionProgress {
    requireNonNull(state, "state");
    requireNonNull(waitingFor, "waitingFor");
    daysLeft = List.copyOf(daysLeft);
    cleanSequences = Collections.unmodifiableSortedMap(new TreeMap<>(cleanSequences));
  }

  /** Of a request that was accepted just now. */
  static DeletionProgress accepted(Instant expectedDoneAt) {
    return new DeletionProgressBuilder()
        .waitingFor("the next run of maintenance")
        .expectedDoneAt(expectedDoneAt)
        .build();
  }

  DeletionProgressBuilder toBuilder() {
    return new DeletionProgressBuilder(this);
  }
}
