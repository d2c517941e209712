/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.decode;

import static java.util.Objects.requireNonNull;

import io.flamelake.flink.IngestCounter;
import io.flamelake.flink.read.RawRecord;
import io.flamelake.flink.serialize.ImmutableTypeInfo;
import io.flamelake.flink.sink.ProfileTableRow;
import io.flamelake.flink.sink.SeriesTableRow;
import io.flamelake.flink.sink.StackTableRow;
import io.flamelake.model.DiscardReason;
import io.flamelake.model.normalize.ProfileNormalizer;
import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.model.normalize.StackTraces;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.Pprof;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.segment.SegmentRecord;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import it.unimi.dsi.fastutil.longs.LongSet;
import it.unimi.dsi.fastutil.longs.LongSets;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes and normalizes raw records, keyed by tenant and service. Emits rows of {@code profiles},
 * and on the side those stacks and series that are new on their day.
 *
 * <p>A profile that a client sends again with the same id within the window is dropped, row by row.
 * A row is a repetition if the table had it when this task started, or if the state knows it from
 * another place in the log: the same place is the same row being read again after a restart.
 *
 * <p>What the day's stacks and series cost is state: a set of ids for each service and day, dropped
 * when the day has passed, or when no row came for it from one cleanup to the next: a deletion may
 * rely on it that a service that was silent for two windows has its symbols written again. A row
 * that comes after that is written with its symbols once more, which readers bear.
 */
public final class DecodeFunction extends KeyedProcessFunction<String, RawRecord, ProfileTableRow> {

  /** Stacks that are new for their service and day. */
  public static final OutputTag<StackTableRow> STACKS =
      new OutputTag<>("new-stacks", ImmutableTypeInfo.chainedOnly(StackTableRow.class));

  /** Series that are new for their day. */
  public static final OutputTag<SeriesTableRow> SERIES =
      new OutputTag<>("new-series", ImmutableTypeInfo.chainedOnly(SeriesTableRow.class));

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(DecodeFunction.class);

  private static final long MICROS_PER_DAY = TimeUnit.DAYS.toMicros(1);
  private static final long MILLIS_PER_DAY = TimeUnit.DAYS.toMillis(1);

  private final CommittedRows committedRows;
  private final Duration duplicateWindow;
  private transient ProfileNormalizer normalizer;
  private transient ValueState<ServiceState> state;
  private transient LongSet committedBefore;
  private transient long committedBeforeUntilMillis;
  private transient Counter duplicateRows;
  private transient Map<DiscardReason, Counter> discarded;

  /**
   * @param duplicateWindow how long a profile id is remembered, counted from its receipt
   */
  public DecodeFunction(CommittedRows committedRows, Duration duplicateWindow) {
    this.committedRows = requireNonNull(committedRows, "committedRows");
    this.duplicateWindow = requireNonNull(duplicateWindow, "duplicateWindow");
  }

  @Override
  public void open(OpenContext context) {
    normalizer = new ProfileNormalizer();
    state =
        getRuntimeContext()
            .getState(new ValueStateDescriptor<>("service-v1", new ServiceStateSerializer()));
    long nowMillis = System.currentTimeMillis();
    committedBefore =
        committedRows.loadSince(Instant.ofEpochMilli(nowMillis).minus(duplicateWindow));
    committedBeforeUntilMillis = nowMillis + duplicateWindow.toMillis();
    duplicateRows =
        getRuntimeContext().getMetricGroup().counter(IngestCounter.ROWS_DUPLICATE.metricName());
    discarded = new EnumMap<>(DiscardReason.class);
  }

  @Override
  public void processElement(RawRecord raw, Context context, Collector<ProfileTableRow> out)
      throws Exception {
    List<ProfileRow> rows;
    try {
      rows = normalize(raw);
    } catch (MalformedProfileException e) {
      // The gateway checks with the same code; what it let through is not lost, it is in the log.
      LOG.warn(
          "Profile {} of tenant {} in segment {} cannot be decoded",
          raw.record().profileId(),
          raw.tenant(),
          raw.segment(),
          e);
      discard(e.reason());
      return;
    }

    ServiceState service = state.value();
    if (service == null) {
      service = new ServiceState();
      context.timerService().registerProcessingTimeTimer(nextCleanup(context));
    }

    long place = RowKeys.place(raw);
    for (ProfileRow row : rows) {
      if (isDuplicate(raw, row, place, service)) {
        duplicateRows.inc();
      } else {
        emit(row, service, context);
        out.collect(ProfileTableRow.of(row));
      }
    }

    state.update(service);
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<ProfileTableRow> out)
      throws Exception {
    if (timestamp > committedBeforeUntilMillis) {
      committedBefore = LongSets.EMPTY_SET;
    }

    ServiceState service = state.value();
    if (service == null) {
      return;
    }

    int yesterday = Math.toIntExact(Math.floorDiv(timestamp, MILLIS_PER_DAY)) - 1;
    service.dropBefore(yesterday, generationOfMillis(timestamp) - 1);
    if (service.isEmpty()) {
      state.clear();
    } else {
      state.update(service);
      context.timerService().registerProcessingTimeTimer(nextCleanup(context));
    }
  }

  private List<ProfileRow> normalize(RawRecord raw) {
    SegmentRecord record = raw.record();
    Pprof pprof =
        PprofDecoder.decode(
            record.payload(), record.payloadOffset(), record.payloadLength(), PprofLimits.STORED);
    return normalizer.normalize(
        raw.tenant(), record.profileId(), record.receiveTimeNanos(), record.labels(), pprof);
  }

  private boolean isDuplicate(RawRecord raw, ProfileRow row, long place, ServiceState service) {
    if (!raw.record().hasClientId()) {
      return false;
    }

    long key = RowKeys.row(row.tenant().value(), row.profileId(), row.type().id(), row.seriesId());
    long receiveMillis = TimeUnit.NANOSECONDS.toMillis(raw.record().receiveTimeNanos());
    return committedBefore.contains(key)
        || !service.addRow(generationOfMillis(receiveMillis), key, place);
  }

  private static void emit(ProfileRow row, ServiceState service, Context context) {
    int day = Math.toIntExact(Math.floorDiv(row.timeMicros(), MICROS_PER_DAY));
    String tenant = row.tenant().value();
    DayIds known = service.day(day);
    LongOpenHashSet knownStacks = known.stacks();
    StackTraces stacks = row.stacks();
    for (long stackId : row.stackIds()) {
      if (knownStacks.add(stackId)) {
        int stack = stacks.indexOf(stackId);
        context.output(STACKS, StackTableRow.of(tenant, day, row.serviceName(), stacks, stack));
      }
    }

    String profileType = row.type().id();
    if (known.series().add(RowKeys.series(row.seriesId(), profileType))) {
      context.output(
          SERIES,
          new SeriesTableRow(
              tenant, day, row.seriesId(), profileType, row.serviceName(), row.labels()));
    }
  }

  private void discard(DiscardReason reason) {
    discarded
        .computeIfAbsent(
            reason,
            any ->
                getRuntimeContext()
                    .getMetricGroup()
                    .addGroup("reason", reason.wireName())
                    .counter(IngestCounter.RECORDS_DISCARDED.metricName()))
        .inc();
  }

  private long generationOfMillis(long millis) {
    return Math.floorDiv(millis, duplicateWindow.toMillis());
  }

  /** Cleanups of all keys fall on the same instants, so that timers are few. */
  private long nextCleanup(Context context) {
    long now = context.timerService().currentProcessingTime();
    return (generationOfMillis(now) + 1) * duplicateWindow.toMillis();
  }
}
