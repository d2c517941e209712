/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.model.normalize.ProfileRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums the totals of profiles per group and point of a time grid. Both the table scan and the hot
 * tail add to it. Not thread-safe.
 */
public final class SeriesAccumulator {
  private static final long MAX_CELLS = 16L << 20;

  private final TimeGrid grid;
  private final List<String> groupBy;
  private final Map<LabelSet, Integer> groupIndexes = new LinkedHashMap<>();
  private final List<Group> groups = new ArrayList<>();

  /**
   * @param groupBy stored or derived labels whose values tell series apart; none: one series
   */
  public SeriesAccumulator(TimeGrid grid, List<String> groupBy) {
    this.grid = grid;
    this.groupBy = List.copyOf(groupBy);
  }

  public TimeGrid grid() {
    return grid;
  }

  public List<String> groupBy() {
    return groupBy;
  }

  /** The index of the group that a series belongs to. */
  public int group(ProfileType type, String serviceName, LabelSet labels) {
    if (groupBy.isEmpty()) {
      return group(LabelSet.EMPTY);
    }

    return group(labels.merge(type.labels(serviceName)).project(groupBy));
  }

  private int group(LabelSet key) {
    Integer index = groupIndexes.get(key);
    if (index != null) {
      return index;
    }

    if ((groups.size() + 1L) * grid.size() > MAX_CELLS) {
      throw new QueryTooLargeException(
          "Query makes more than "
              + groups.size()
              + " series of "
              + grid.size()
              + " points, raise the step or group by fewer labels");
    }

    groupIndexes.put(key, groups.size());
    groups.add(new Group(key, grid.size()));
    return groups.size() - 1;
  }

  /** Adds one profile's total; a time outside of the grid is ignored. */
  public void add(int group, long timeMicros, long total) {
    long point = grid.pointAt(timeMicros);
    if (point >= 0 && point < grid.size()) {
      groups.get(group).add((int) point, total, 1);
    }
  }

  /**
   * Adds profiles that an engine has summed up already.
   *
   * @param point index of a point of the grid
   * @param profiles how many profiles the total is of
   */
  public void add(int group, int point, long total, int profiles) {
    groups.get(group).add(point, total, profiles);
  }

  /**
   * Adds the samples that {@code query} selects of a row whose profile it {@link
   * ProfileQuery#matches(ProfileRow) selects}.
   */
  public void add(ProfileRow row, ProfileQuery query) {
    if (query.samples().selectsWholeProfiles()) {
      add(group(row.type(), row.serviceName(), row.labels()), row.timeMicros(), row.totalValue());
      return;
    }

    StackSums samples = new StackSums();
    if (samples.add(row, query) > 0) {
      add(group(row.type(), row.serviceName(), row.labels()), row.timeMicros(), samples.total());
    }
  }

  /** An accumulator of the same grid and groups, for another thread. */
  public SeriesAccumulator newEmpty() {
    return new SeriesAccumulator(grid, groupBy);
  }

  /** Adds all of another's sums, which are of the same grid and grouped by the same labels. */
  public void addAll(SeriesAccumulator other) {
    for (Group from : other.groups) {
      groups.get(group(from.labels)).addAll(from);
    }
  }

  /** The sums of all points that have profiles: largest total first, then by labels. */
  public List<ProfileSeries> sums(int limit) {
    return series(limit, false);
  }

  /** The mean profile totals of all points that have profiles; order as of the sums. */
  public List<ProfileSeries> averages(int limit) {
    return series(limit, true);
  }

  private List<ProfileSeries> series(int limit, boolean average) {
    return groups.stream()
        .filter(group -> group.profiles > 0)
        .sorted(
            Comparator.comparingDouble((Group group) -> -group.total(average))
                .thenComparing(group -> group.labels.toString()))
        .limit(limit > 0 ? limit : Long.MAX_VALUE)
        .map(group -> group.toSeries(grid, average))
        .toList();
  }

  private static final class Group {
    final LabelSet labels;
    final long[] sums;
    final int[] counts;
    long profiles;

    Group(LabelSet labels, int points) {
      this.labels = labels;
      this.sums = new long[points];
      this.counts = new int[points];
    }

    void add(int point, long total, int count) {
      sums[point] += total;
      counts[point] += count;
      profiles += count;
    }

    void addAll(Group other) {
      for (int point = 0; point < sums.length; point++) {
        sums[point] += other.sums[point];
        counts[point] += other.counts[point];
      }

      profiles += other.profiles;
    }

    double value(int point, boolean average) {
      return average ? (double) sums[point] / counts[point] : sums[point];
    }

    double total(boolean average) {
      double total = 0;
      for (int point = 0; point < sums.length; point++) {
        if (counts[point] > 0) {
          total += value(point, average);
        }
      }

      return total;
    }

    ProfileSeries toSeries(TimeGrid grid, boolean average) {
      long[] times = new long[sums.length];
      double[] values = new double[sums.length];
      int size = 0;
      for (int point = 0; point < sums.length; point++) {
        if (counts[point] > 0) {
          times[size] = grid.pointMillis(point);
          values[size++] = value(point, average);
        }
      }

      return new ProfileSeries(labels, Arrays.copyOf(times, size), Arrays.copyOf(values, size));
    }
  }
}
