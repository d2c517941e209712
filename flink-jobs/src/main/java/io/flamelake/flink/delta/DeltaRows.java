/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.delta;

import static java.util.Objects.requireNonNull;

import io.flamelake.flink.IngestCounter;
import io.flamelake.flink.delta.SeriesBaselines.Outcome;
import io.flamelake.flink.delta.SeriesBaselines.Step;
import io.flamelake.model.normalize.CumulativeTypes;
import io.flamelake.model.normalize.ProfileRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.functions.RuntimeContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.typeutils.base.LongSerializer;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.jspecify.annotations.Nullable;

/**
 * Turns the rows of cumulative profiles into what was counted since the profile before. Works on
 * the state of the current key, which is a service: all profiles of a series belong to one.
 *
 * <p>The sum of a series' rows over a time is what its processes counted in it, wherever the time
 * begins and ends with a profile:
 *
 * <ul>
 *   <li>A series' first profile is the base line; nothing is stored of it.
 *   <li>After a restart a process counts from zero, so its first profile counts in full.
 *   <li>A profile that is no later than the one before, by its own time, says nothing that is not
 *       stored already. It is dropped; it has not moved the base line either.
 *   <li>What a profile that never came would have told is part of the next one.
 * </ul>
 */
public final class DeltaRows {

  /** By series and profile type, below a service. */
  public static final MapStateDescriptor<Long, SeriesBaselines> BASELINES =
      new MapStateDescriptor<>(
          "baselines-v1", LongSerializer.INSTANCE, new SeriesBaselinesSerializer());

  private static final Map<Outcome, IngestCounter> COUNTERS =
      Map.of(
          Outcome.FIRST, IngestCounter.DELTA_FIRST_ROWS,
          Outcome.RESTARTED, IngestCounter.DELTA_RESTARTED_ROWS,
          Outcome.LATE, IngestCounter.DELTA_LATE_ROWS);

  private final MapState<Long, SeriesBaselines> states;
  private final CheckpointHistory checkpoints;
  private final long timeToLive;
  private final Map<Outcome, Counter> counters = new EnumMap<>(Outcome.class);

  /**
   * Receipt of the newest record: the log's clock, by which base lines grow old. A restarted job
   * knows of none yet, and forgets nothing: the pause was its own.
   */
  private long newestReceiveMillis;

  /**
   * @param timeToLive how long a base line is kept that no profile came for, by times of receipt
   */
  public DeltaRows(RuntimeContext context, CheckpointHistory checkpoints, Duration timeToLive) {
    this.states = context.getMapState(BASELINES);
    this.checkpoints = requireNonNull(checkpoints, "checkpoints");
    this.timeToLive = timeToLive.toMillis();
    MetricGroup metrics = context.getMetricGroup();
    COUNTERS.forEach(
        (outcome, counter) -> counters.put(outcome, metrics.counter(counter.metricName())));
  }

  /** Notes the receipt of any record, cumulative or not. */
  public void received(long receiveMillis) {
    newestReceiveMillis = Math.max(newestReceiveMillis, receiveMillis);
  }

  /**
   * Returns the rows to store of a profile that is marked as cumulative: those of other types as
   * they are.
   *
   * @param rows of one profile
   */
  public List<ProfileRow> subtract(List<ProfileRow> rows, CumulativeReading reading)
      throws Exception {
    boolean isRestarted = false;
    for (ProfileRow row : rows) {
      isRestarted |=
          CumulativeTypes.contains(row.type()) && state(row).showsRestart(baseline(row, reading));
    }

    List<ProfileRow> stored = new ArrayList<>(rows.size());
    for (ProfileRow row : rows) {
      ProfileRow rest =
          CumulativeTypes.contains(row.type()) ? advance(row, reading, isRestarted) : row;
      if (rest != null) {
        stored.add(rest);
      }
    }

    return stored;
  }

  /** Sets base lines of the current key that are not older than those in the state. */
  public void seed(CommittedBaselines committed, String service) throws Exception {
    for (CommittedBaselines.OfSeries found : committed.of(service)) {
      SeriesBaselines state = states.get(found.series());
      states.put(
          found.series(), (state == null ? SeriesBaselines.EMPTY : state).seeded(found.baseline()));
    }
  }

  /**
   * Forgets base lines of the current key that are too old.
   *
   * @return whether any are left
   */
  public boolean dropExpired() throws Exception {
    boolean isAnyLeft = false;
    Iterator<Map.Entry<Long, SeriesBaselines>> entries = states.iterator();
    while (entries.hasNext()) {
      Map.Entry<Long, SeriesBaselines> entry = entries.next();
      SeriesBaselines state = entry.getValue();
      SeriesBaselines kept = state.withoutExpired(newestReceiveMillis - timeToLive);
      if (kept.isEmpty()) {
        entries.remove();
        continue;
      }

      isAnyLeft = true;
      if (kept != state) {
        entry.setValue(kept);
      }
    }

    if (!isAnyLeft) {
      // The iterator has left an empty map behind.
      states.clear();
    }

    return isAnyLeft;
  }

  static Baseline baseline(ProfileRow row, CumulativeReading reading) {
    return new Baseline(
        reading.process(), row.timeMicros(), reading.receiveMillis(), StackValues.of(row));
  }

  private SeriesBaselines state(ProfileRow row) throws Exception {
    SeriesBaselines state = states.get(SeriesBaselines.key(row));
    return state == null ? SeriesBaselines.EMPTY : state;
  }

  private @Nullable ProfileRow advance(
      ProfileRow row, CumulativeReading reading, boolean isRestarted) throws Exception {
    SeriesBaselines state = state(row);
    Step step =
        state.advance(
            baseline(row, reading), isRestarted, reading.place(), checkpoints, timeToLive);
    if (step.next() != state) {
      states.put(SeriesBaselines.key(row), step.next());
    }

    Counter counter = counters.get(step.outcome());
    if (counter != null) {
      counter.inc();
    }

    return step.delta().isEmpty() ? null : withValues(row, step.delta());
  }

  private static ProfileRow withValues(ProfileRow row, StackValues values) {
    return new ProfileRow(
        row.tenant(),
        row.profileId(),
        row.type(),
        row.serviceName(),
        row.timeMicros(),
        row.durationNanos(),
        row.period(),
        row.labels(),
        row.seriesId(),
        values.total(),
        values.ids(),
        values.values(),
        null,
        null,
        row.stacks());
  }
}
