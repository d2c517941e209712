/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.query.SampleSelector.TraceId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts profiles, or spans of profiles, by group, time and value. The values have to be looked
 * through once before, to know the buckets. Not thread-safe.
 */
public final class HeatmapAccumulator implements ProfileVisitor, SpanVisitor {
  private static final int MAX_SLOTS = 100_000;

  private final TimeGrid grid;
  private final LabelGrouping grouping;
  private final HeatmapBuckets buckets;
  private final Exemplars exemplars;
  private final Map<LabelSet, Map<Long, Cells>> slotsByGroup = new HashMap<>();
  private int slotCount;
  private int exemplarCount;

  /** Whether the best of each cell is remembered. */
  public enum Exemplars {
    NONE,
    BEST_OF_CELL
  }

  private static final class Cells {
    final int[] counts = new int[HeatmapBuckets.COUNT];
    final @Nullable ProfileExemplar[] best = new ProfileExemplar[HeatmapBuckets.COUNT];
  }

  /**
   * @param groupBy stored or derived labels whose values tell heatmaps apart; none: one heatmap
   */
  public HeatmapAccumulator(
      TimeGrid grid,
      ProfileType type,
      List<String> groupBy,
      HeatmapBuckets buckets,
      Exemplars exemplars) {
    this.grid = requireNonNull(grid, "grid");
    this.grouping = new LabelGrouping(type, groupBy);
    this.buckets = requireNonNull(buckets, "buckets");
    this.exemplars = requireNonNull(exemplars, "exemplars");
  }

  @Override
  public void visit(SelectedProfile profile, long value) {
    add(ProfileExemplar.of(profile, value));
  }

  @Override
  public void visit(SelectedProfile profile, TraceId traceId, long spanId, long value) {
    add(new ProfileExemplar(profile, traceId, spanId, value));
  }

  private void add(ProfileExemplar candidate) {
    long point = grid.pointAt(candidate.profile().timeMicros());
    if (point < 0 || point >= grid.size()) {
      return;
    }

    Cells cells =
        slotsByGroup
            .computeIfAbsent(
                grouping.groupOf(candidate.profile().labels()), group -> new TreeMap<>())
            .computeIfAbsent(grid.pointMillis((int) point), time -> newCells());
    int bucket = buckets.bucketOf(candidate.value());
    cells.counts[bucket]++;
    if (exemplars == Exemplars.BEST_OF_CELL) {
      if (cells.best[bucket] == null && ++exemplarCount > ProfileExemplar.MAX_EXEMPLARS) {
        throw new QueryTooLargeException(
            "Query finds more than "
                + ProfileExemplar.MAX_EXEMPLARS
                + " exemplars, raise the step or group by fewer labels");
      }

      cells.best[bucket] = ProfileExemplar.best(cells.best[bucket], candidate);
    }
  }

  private Cells newCells() {
    if (++slotCount > MAX_SLOTS) {
      throw new QueryTooLargeException(
          "Query makes more than " + MAX_SLOTS + " slots, raise the step or group by fewer labels");
    }

    return new Cells();
  }

  /** The heatmaps of all groups that count anything: largest count first, then by labels. */
  public List<Heatmap> heatmaps(int limit) {
    List<Heatmap> heatmaps = new ArrayList<>();
    slotsByGroup.forEach((labels, slots) -> heatmaps.add(new Heatmap(labels, slots(slots))));
    heatmaps.sort(
        Comparator.comparingLong((Heatmap heatmap) -> -heatmap.count())
            .thenComparing(heatmap -> heatmap.labels().toString()));
    return limit > 0 && limit < heatmaps.size() ? heatmaps.subList(0, limit) : heatmaps;
  }

  private static List<Heatmap.Slot> slots(Map<Long, Cells> cellsByTime) {
    List<Heatmap.Slot> slots = new ArrayList<>();
    cellsByTime.forEach(
        (time, cells) ->
            slots.add(
                new Heatmap.Slot(
                    time,
                    cells.counts,
                    Arrays.stream(cells.best).filter(Objects::nonNull).toList())));
    return slots;
  }
}
