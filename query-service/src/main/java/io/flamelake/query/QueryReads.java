/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static java.util.Objects.requireNonNull;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what is read to answer one query, whether from storage or from a cache. What is read twice
 * counts twice. Safe for use by many threads.
 */
public final class QueryReads {
  private final Set<String> questions = new LinkedHashSet<>();
  private volatile String engine = "none";
  private final LongAdder profiles = new LongAdder();
  private final LongAdder dataFiles = new LongAdder();
  private final LongAdder bytes = new LongAdder();
  private final LongAdder fetchedBytes = new LongAdder();
  private final LongAdder hourRows = new LongAdder();
  private final LongAdder dayRows = new LongAdder();
  private final LongAdder tailSegments = new LongAdder();

  /** The totals at one moment. */
  public record Totals(
      String engine,
      long profiles,
      long dataFiles,
      long bytes,
      long fetchedBytes,
      long hourRows,
      long dayRows,
      long tailSegments) {}

  /**
   * Tells what is asked for; the same twice counts once.
   *
   * @param condition as people write it: a selector, with the profile type if it is of one
   */
  public void addQuestion(String condition, TimeRange range) {
    synchronized (questions) {
      questions.add(condition + ' ' + range.toInstants());
    }
  }

  /** What was asked for, for people. */
  public List<String> questions() {
    synchronized (questions) {
      return List.copyOf(questions);
    }
  }

  /** Says which engine reads. */
  public void setEngine(String name) {
    this.engine = requireNonNull(name, "name");
  }

  /** Counts rows of {@code profiles} whose values were read. */
  public void addProfiles(long count) {
    profiles.add(count);
  }

  /** Counts data files of any table that rows were looked for in. */
  public void addDataFiles(long count) {
    dataFiles.add(count);
  }

  /** Counts bytes of columns as they are stored, cached or not. */
  public void addBytes(long count) {
    bytes.add(count);
  }

  /** Counts those bytes of columns that came from storage. */
  public void addFetchedBytes(long count) {
    fetchedBytes.add(count);
  }

  /** Counts roll-ups that are part of the answer. */
  public void addRollUps(RollUpPeriod period, long count) {
    (period == RollUpPeriod.HOUR ? hourRows : dayRows).add(count);
  }

  /** Counts segments of the hot tail that profiles were looked for in. */
  public void addTailSegments(long count) {
    tailSegments.add(count);
  }

  public Totals totals() {
    return new Totals(
        engine,
        profiles.sum(),
        dataFiles.sum(),
        bytes.sum(),
        fetchedBytes.sum(),
        hourRows.sum(),
        dayRows.sum(),
        tailSegments.sum());
  }
}
