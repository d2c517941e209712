/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.tail;

import io.flamelake.model.TenantId;
import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.query.LabelQuery;
import io.flamelake.query.ProfileQuery;
import io.flamelake.query.ProfileStats;
import io.flamelake.query.ProfileVisitor;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.SelectedSamples;
import io.flamelake.query.SeriesAccumulator;
import io.flamelake.query.SeriesCollector;
import io.flamelake.query.SpanVisitor;
import io.flamelake.query.StackSums;
import io.flamelake.query.TimeRange;
import io.flamelake.query.tail.TailBlock.Row;
import io.flamelake.query.tail.TailBlock.Series;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * One tenant's profiles after one pinned version, each of them once. Its methods add to the same
 * accumulators as the pinned version's. Used by one thread.
 */
public final class TailView {
  private final HotTail tail;
  private final TenantId tenant;
  private final List<TailSegment> segments;
  private final CommittedKeys.Version committed;

  /**
   * @param segments those that hold profiles of the tenant, lane by lane in the order of each
   * @param committed the keys of the pinned version
   */
  TailView(
      HotTail tail, TenantId tenant, List<TailSegment> segments, CommittedKeys.Version committed) {
    this.tail = tail;
    this.tenant = tenant;
    this.segments = segments;
    this.committed = committed;
  }

  public TenantId tenant() {
    return tenant;
  }

  /** How many segments of the log hold profiles of the tenant. */
  public int segmentCount() {
    return segments.size();
  }

  /**
   * Adds the values of the samples that the query selects.
   *
   * @throws StaleTailException if the pinned version is too old by now
   */
  public void sumStacks(ProfileQuery query, StackSums sums, QueryCancellation cancellation) {
    forEachProfile(query, cancellation, row -> sums.add(row, query));
  }

  /**
   * Adds the totals of the profiles that the query selects.
   *
   * @throws StaleTailException if the pinned version is too old by now
   */
  public void sumSeries(
      ProfileQuery query, SeriesAccumulator series, QueryCancellation cancellation) {
    forEachProfile(query, cancellation, row -> series.add(row, query));
  }

  /**
   * Shows the profiles that the query selects.
   *
   * @throws StaleTailException if the pinned version is too old by now
   */
  public void visitProfiles(
      ProfileQuery query, ProfileVisitor visitor, QueryCancellation cancellation) {
    forEachProfile(
        query, cancellation, row -> new SelectedSamples(row, query).visitProfile(visitor));
  }

  /**
   * Shows the spans of the profiles that the query selects.
   *
   * @throws StaleTailException if the pinned version is too old by now
   */
  public void visitSpans(ProfileQuery query, SpanVisitor visitor, QueryCancellation cancellation) {
    forEachProfile(query, cancellation, row -> new SelectedSamples(row, query).visitSpans(visitor));
  }

  /**
   * Adds the series that the query lists.
   *
   * @throws StaleTailException if the pinned version is too old by now
   */
  public void collectSeries(
      LabelQuery query, SeriesCollector collector, QueryCancellation cancellation) {
    forEachSeries(
        cancellation,
        series -> {
          if (query.selector().matches(series.allLabels()) && coversDayOf(query, series)) {
            collector.add(series.type(), series.labels());
          }
        });
  }

  /**
   * What there is in the tail.
   *
   * @throws StaleTailException if the pinned version is too old by now
   */
  public ProfileStats stats(QueryCancellation cancellation) {
    ProfileStats[] stats = {ProfileStats.NONE};
    forEachSeries(
        cancellation,
        series ->
            stats[0] =
                stats[0]
                    .merge(ProfileStats.of(series.minMicros()))
                    .merge(ProfileStats.of(series.maxMicros())));
    return stats[0];
  }

  private void forEachSeries(QueryCancellation cancellation, Consumer<Series> consumer) {
    tail.forEachBlock(segments, tenant, cancellation, block -> block.series().forEach(consumer));
  }

  private void forEachProfile(
      ProfileQuery query, QueryCancellation cancellation, Consumer<ProfileRow> consumer) {
    DuplicateFilter filter = new DuplicateFilter();
    forEachSeries(
        cancellation,
        series -> {
          // Rows that are the same have the same series, so those of others need no look.
          if (!query.type().equals(series.type())
              || !query.selector().matches(series.allLabels())) {
            return;
          }

          for (Row row : series.rows()) {
            if (!filter.isDuplicate(row) && selects(query, row.profile())) {
              consumer.accept(row.profile());
            }
          }
        });
    tail.countDuplicates(filter.duplicates);
  }

  private static boolean selects(ProfileQuery query, ProfileRow row) {
    Set<UUID> profileIds = query.samples().profileIds();
    return query.range().contains(row.timeMicros())
        && (profileIds.isEmpty() || profileIds.contains(row.profileId()));
  }

  /** By day, as the tables list series. */
  private static boolean coversDayOf(LabelQuery query, Series series) {
    for (Row row : series.rows()) {
      if (query.coversDay(TimeRange.epochDay(row.profile().timeMicros()))) {
        return true;
      }
    }

    return false;
  }

  /** Knows rows that are committed, or that came earlier in the pass. */
  private final class DuplicateFilter {
    final LongOpenHashSet seen = new LongOpenHashSet();
    int duplicates;

    boolean isDuplicate(Row row) {
      if (row.key() == 0 || (!committed.contains(row.key()) && seen.add(row.key()))) {
        return false;
      }

      duplicates++;
      return true;
    }
  }
}
