/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Builds {@link DeletionProgress}, from nothing or from what was reached before. */
final class DeletionProgressBuilder {
  private DeletionState state = DeletionState.ACCEPTED;
  private String waitingFor = "";
  private int hours;
  private int hoursDone;
  private long rows;
  private long otherRows;
  private @Nullable Instant rowsGoneAt;
  private @Nullable Instant quietSince;
  private long quietSequence;
  private List<Integer> daysLeft = List.of();
  private @Nullable Instant symbolsGoneAt;
  private SortedMap<String, Long> cleanSequences = new TreeMap<>();
  private @Nullable Instant expectedDoneAt;
  private @Nullable Instant doneAt;

  DeletionProgressBuilder() {}

  DeletionProgressBuilder(DeletionProgress from) {
    this.state = from.state();
    this.waitingFor = from.waitingFor();
    this.hours = from.hours();
    this.hoursDone = from.hoursDone();
    this.rows = from.rows();
    this.otherRows = from.otherRows();
    this.rowsGoneAt = from.rowsGoneAt();
    this.quietSince = from.quietSince();
    this.quietSequence = from.quietSequence();
    this.daysLeft = from.daysLeft();
    this.symbolsGoneAt = from.symbolsGoneAt();
    this.cleanSequences = from.cleanSequences();
    this.expectedDoneAt = from.expectedDoneAt();
    this.doneAt = from.doneAt();
  }

  DeletionProgressBuilder state(DeletionState reached) {
    this.state = reached;
    return this;
  }

  DeletionProgressBuilder waitingFor(String text) {
    this.waitingFor = text;
    return this;
  }

  DeletionProgressBuilder hours(int count) {
    this.hours = count;
    return this;
  }

  DeletionProgressBuilder hoursDone(int count) {
    this.hoursDone = count;
    return this;
  }

  DeletionProgressBuilder rows(long count) {
    this.rows = count;
    return this;
  }

  DeletionProgressBuilder otherRows(long count) {
    this.otherRows = count;
    return this;
  }

  DeletionProgressBuilder rowsGoneAt(@Nullable Instant time) {
    this.rowsGoneAt = time;
    return this;
  }

  DeletionProgressBuilder quietSince(@Nullable Instant time) {
    this.quietSince = time;
    return this;
  }

  DeletionProgressBuilder quietSequence(long sequence) {
    this.quietSequence = sequence;
    return this;
  }

  DeletionProgressBuilder daysLeft(List<Integer> days) {
    this.daysLeft = days;
    return this;
  }

  DeletionProgressBuilder symbolsGoneAt(@Nullable Instant time) {
    this.symbolsGoneAt = time;
    return this;
  }

  DeletionProgressBuilder cleanSequences(SortedMap<String, Long> sequences) {
    this.cleanSequences = sequences;
    return this;
  }

  DeletionProgressBuilder expectedDoneAt(@Nullable Instant time) {
    this.expectedDoneAt = time;
    return this;
  }

  DeletionProgressBuilder doneAt(@Nullable Instant time) {
    this.doneAt = time;
    return this;
  }

  DeletionProgress build() {
    return new DeletionProgress(
        state,
        waitingFor,
        hours,
        hoursDone,
        rows,
        otherRows,
        rowsGoneAt,
        quietSince,
        quietSequence,
        daysLeft,
        symbolsGoneAt,
        cleanSequences,
        expectedDoneAt,
        doneAt);
  }
}
