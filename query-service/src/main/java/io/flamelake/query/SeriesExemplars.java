/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the profile of the highest value for each point of some series. Not thread-safe. */
public final class SeriesExemplars implements ProfileVisitor {
  private final TimeGrid grid;
  private final LabelGrouping grouping;
  private final Map<LabelSet, Map<Long, ProfileExemplar>> bestBySeries = new HashMap<>();

  /**
   * @param groupBy what the series are grouped by
   * @param series the only ones that exemplars are wanted of
   * @throws QueryTooLargeException if the series have more points than exemplars are found for
   */
  public SeriesExemplars(
      TimeGrid grid, ProfileType type, List<String> groupBy, List<ProfileSeries> series) {
    this.grid = requireNonNull(grid, "grid");
    this.grouping = new LabelGrouping(type, groupBy);
    long points = 0;
    for (ProfileSeries one : series) {
      bestBySeries.put(one.labels(), new HashMap<>());
      points += one.timesMillis().length;
    }

    if (points > ProfileExemplar.MAX_EXEMPLARS) {
      throw new QueryTooLargeException(
          "Query asks for exemplars of "
              + points
              + " points (max "
              + ProfileExemplar.MAX_EXEMPLARS
              + "), raise the step or limit the series");
    }
  }

  @Override
  public void visit(SelectedProfile profile, long value) {
    Map<Long, ProfileExemplar> points = bestBySeries.get(grouping.groupOf(profile.labels()));
    long point = grid.pointAt(profile.timeMicros());
    if (points != null && point >= 0 && point < grid.size()) {
      points.merge(
          grid.pointMillis((int) point), ProfileExemplar.of(profile, value), ProfileExemplar::best);
    }
  }

  /** The exemplar of a point; null if none of its profiles has samples. */
  public @Nullable ProfileExemplar find(LabelSet series, long pointMillis) {
    Map<Long, ProfileExemplar> points = bestBySeries.get(series);
    return points == null ? null : points.get(pointMillis);
  }
}
