/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.plan;

import io.flamelake.query.RollUpCoverage;
import io.flamelake.query.RollUpPeriod;
import io.flamelake.query.TimeRange;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * A range cut into what roll-ups answer and what is left for the profiles. The parts do not overlap
 * and leave out only times at which nothing is stored.
 *
 * @param days numbers of full days, ascending
 * @param hours numbers of full hours outside of those days, ascending
 * @param raw the rest: edges inside of an hour, and hours that no roll-up covers, ascending
 */
record RangePlan(List<Long> days, List<Long> hours, List<TimeRange> raw) {
  RangePlan {
    days = List.copyOf(days);
    hours = List.copyOf(hours);
    raw = List.copyOf(raw);
  }

  /** Leaves all of a range to the profiles. */
  static RangePlan ofProfiles(TimeRange range) {
    return new RangePlan(List.of(), List.of(), range.isEmpty() ? List.of() : List.of(range));
  }

  static RangePlan of(TimeRange range, RollUpCoverage coverage) {
    if (range.isEmpty() || coverage.isEmpty()) {
      return ofProfiles(range);
    }

    List<Long> days = inside(range, RollUpPeriod.DAY, coverage.days());
    NavigableSet<Long> covered = new TreeSet<>();
    for (long day : days) {
      long firstHour = RollUpPeriod.HOUR.number(RollUpPeriod.DAY.startMicros(day));
      long endHour = RollUpPeriod.HOUR.number(RollUpPeriod.DAY.startMicros(day + 1));
      for (long hour = firstHour; hour < endHour; hour++) {
        covered.add(hour);
      }
    }

    List<Long> hours = inside(range, RollUpPeriod.HOUR, coverage.hours());
    hours.removeIf(covered::contains);
    covered.addAll(hours);
    return new RangePlan(days, hours, raw(range, covered, coverage.hoursWithProfiles()));
  }

  /** The covered periods that no edge of the range cuts. */
  private static List<Long> inside(
      TimeRange range, RollUpPeriod period, NavigableSet<Long> covered) {
    List<Long> inside = new ArrayList<>();
    for (long number : covered) {
      TimeRange all = period.range(number);
      if (all.startMicros() >= range.startMicros() && all.endMicros() <= range.endMicros()) {
        inside.add(number);
      }
    }

    return inside;
  }

  /** The hours with profiles that are not covered, neighbours in one range. */
  private static List<TimeRange> raw(
      TimeRange range, NavigableSet<Long> covered, NavigableSet<Long> hoursWithProfiles) {
    List<TimeRange> raw = new ArrayList<>();
    long first = RollUpPeriod.HOUR.number(range.startMicros());
    long last = RollUpPeriod.HOUR.number(range.endMicros() - 1);
    long start = 0;
    long end = 0;
    for (long hour : hoursWithProfiles.subSet(first, true, last, true)) {
      if (covered.contains(hour)) {
        continue;
      }

      TimeRange part = cut(RollUpPeriod.HOUR.range(hour), range);
      boolean continues =
          start < end && covered.subSet(RollUpPeriod.HOUR.number(end - 1), hour).isEmpty();
      if (start < end && !continues) {
        raw.add(new TimeRange(start, end));
      }

      start = continues ? start : part.startMicros();
      end = part.endMicros();
    }

    if (start < end) {
      raw.add(new TimeRange(start, end));
    }

    return raw;
  }

  private static TimeRange cut(TimeRange part, TimeRange range) {
    return new TimeRange(
        Math.max(part.startMicros(), range.startMicros()),
        Math.min(part.endMicros(), range.endMicros()));
  }
}
