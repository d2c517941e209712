/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntConsumer;
import java.util.function.Predicate;

/**
 * The oracle of a {@link ProfileHistory}: which profiles of it were pushed, and so what queries
 * must answer, summed profile by profile from the generator. Asks no store. Thread-safe.
 */
public final class PushedHistory {

  /** Takes one profile. */
  @FunctionalInterface
  public interface TotalVisitor {
    void visit(HistorySeries series, Instant time, long total);
  }

  private final ProfileHistory history;
  private final List<BitSet> minutes = new ArrayList<>();

  public PushedHistory(ProfileHistory history) {
    this.history = requireNonNull(history, "history");
    history.series().forEach(series -> minutes.add(new BitSet()));
  }

  public ProfileHistory history() {
    return history;
  }

  /** Notes that a profile was acknowledged. */
  public synchronized void add(HistorySeries series, int minute) {
    minutes.get(series.index()).set(minute);
  }

  /** Notes that the profiles of a series from a time on, until another, were removed for good. */
  public synchronized void remove(HistorySeries series, Instant from, Instant to) {
    minutes.get(series.index()).clear(history.firstMinuteAt(from), history.firstMinuteAt(to));
  }

  public synchronized boolean has(HistorySeries series, int minute) {
    return minutes.get(series.index()).get(minute);
  }

  /** How many profiles there are of the series in the range; its end is exclusive. */
  public long profiles(Predicate<HistorySeries> selected, Instant from, Instant to) {
    long profiles = 0;
    for (HistorySeries series : select(selected)) {
      profiles += pushed(series, from, to).cardinality();
    }

    return profiles;
  }

  /** The sum of all values of the series in the range. */
  public long total(Predicate<HistorySeries> selected, Instant from, Instant to) {
    long[] total = new long[1];
    visitTotals(selected, from, to, (series, time, value) -> total[0] += value);
    return total[0];
  }

  /** Passes over the profiles of the series in the range, with the sum of the values of each. */
  public void visitTotals(
      Predicate<HistorySeries> selected, Instant from, Instant to, TotalVisitor visitor) {
    for (HistorySeries series : select(selected)) {
      forEachMinute(
          series,
          from,
          to,
          minute -> visitor.visit(series, history.time(minute), history.total(series, minute)));
    }
  }

  /** The sum of the values of each stack: its functions root first, divided by semicolons. */
  public SortedMap<String, Long> foldedStacks(
      Predicate<HistorySeries> selected, Instant from, Instant to) {
    Map<String, long[]> sumsByService = new HashMap<>();
    for (HistorySeries series : select(selected)) {
      long[] sums =
          sumsByService.computeIfAbsent(
              series.service(), service -> new long[history.stacks(service)]);
      forEachMinute(series, from, to, minute -> history.addTo(sums, series, minute));
    }

    SortedMap<String, Long> folded = new TreeMap<>();
    sumsByService.forEach(
        (service, sums) ->
            history
                .folded(service, sums)
                .forEach((stack, sum) -> folded.merge(stack, sum, Long::sum)));
    return folded;
  }

  /** The series that have a profile in the range. */
  public List<HistorySeries> seen(Predicate<HistorySeries> selected, Instant from, Instant to) {
    return select(selected).stream().filter(series -> !pushed(series, from, to).isEmpty()).toList();
  }

  private List<HistorySeries> select(Predicate<HistorySeries> selected) {
    return history.series().stream().filter(selected).toList();
  }

  private void forEachMinute(HistorySeries series, Instant from, Instant to, IntConsumer consumer) {
    pushed(series, from, to).stream().forEach(consumer);
  }

  /** The minutes in the range, as a copy. */
  private synchronized BitSet pushed(HistorySeries series, Instant from, Instant to) {
    BitSet pushed = (BitSet) minutes.get(series.index()).clone();
    pushed.clear(0, history.firstMinuteAt(from));
    pushed.clear(
        Math.max(history.firstMinuteAt(to), history.firstMinuteAt(from)),
        Math.max(pushed.length(), history.minutes()));
    return pushed;
  }
}
