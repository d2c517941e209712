/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.decode;

import static java.util.Objects.requireNonNull;

import io.flamelake.flink.IngestCounter;
import io.flamelake.flink.delta.CheckpointHistory;
import io.flamelake.flink.delta.CommittedBaselines;
import io.flamelake.flink.delta.CumulativeReading;
import io.flamelake.flink.delta.DeltaRows;
import io.flamelake.flink.read.RawRecord;
import io.flamelake.flink.serialize.ImmutableTypeInfo;
import io.flamelake.flink.sink.ProfileTableRow;
import io.flamelake.flink.sink.SeriesTableRow;
import io.flamelake.flink.sink.StackTableRow;
import io.flamelake.model.DiscardReason;
import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.model.normalize.StackTraces;
import io.flamelake.model.pprof.MalformedProfileException;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import it.unimi.dsi.fastutil.longs.LongSet;
import it.unimi.dsi.fastutil.longs.LongSets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.metrics.Counter;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.TimerService;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
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
 * <p>Rows of cumulative profiles become those of {@link DeltaRows}, before anything is made of
 * them.
 *
 * <p>What the day's stacks and series cost is state: a set of ids for each service and day, dropped
 * when the day has passed, or when no row came for it from one cleanup to the next: a deletion may
 * rely on it that a service that was silent for two windows has its symbols written again. A row
 * that comes after that is written with its symbols once more, which readers bear.
 */
public final class DecodeFunction extends KeyedProcessFunction<String, RawRecord, ProfileTableRow>
    implements CheckpointedFunction, CheckpointListener {

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
  private final Duration baselineTimeToLive;
  private final CheckpointHistory checkpoints = new CheckpointHistory();
  private transient RecordDecoder decoder;
  private transient DeltaRows deltas;
  private transient ValueState<ServiceState> state;
  private transient LongSet committedBefore;
  private transient long committedBeforeUntilMillis;
  private transient Counter duplicateRows;
  private transient Map<DiscardReason, Counter> discarded;

  /**
   * @param duplicateWindow how long a profile id is remembered, counted from its receipt
   * @param baselineTimeToLive how long the last cumulative profile of a series is remembered
   */
  public DecodeFunction(
      CommittedRows committedRows, Duration duplicateWindow, Duration baselineTimeToLive) {
    this.committedRows = requireNonNull(committedRows, "committedRows");
    this.duplicateWindow = requireNonNull(duplicateWindow, "duplicateWindow");
    this.baselineTimeToLive = requireNonNull(baselineTimeToLive, "baselineTimeToLive");
  }

  @Override
  public void initializeState(FunctionInitializationContext context) {
    context.getRestoredCheckpointId().ifPresent(checkpoints::passed);
  }

  @Override
  public void open(OpenContext context) {
    decoder = new RecordDecoder();
    deltas = new DeltaRows(getRuntimeContext(), checkpoints, baselineTimeToLive);
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
    DecodedRecord decoded;
    try {
      decoded = decoder.decode(raw.tenant(), raw.record());
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
      registerCleanup(context);
    }

    for (ProfileRow row : newRows(raw, decoded, service)) {
      emit(row, service, context);
      out.collect(ProfileTableRow.of(row));
    }

    state.update(service);
  }

  /** Brings base lines of the current key to where the table is. */
  void seed(CommittedBaselines baselines, String service) throws Exception {
    deltas.seed(baselines, service);
  }

  @Override
  public void snapshotState(FunctionSnapshotContext context) {
    checkpoints.passed(context.getCheckpointId());
  }

  @Override
  public void notifyCheckpointComplete(long checkpointId) {
    checkpoints.completed(checkpointId);
  }

  @Override
  public void onTimer(long timestamp, OnTimerContext context, Collector<ProfileTableRow> out)
      throws Exception {
    if (timestamp > committedBeforeUntilMillis) {
      committedBefore = LongSets.EMPTY_SET;
    }

    boolean isInUse = deltas.dropExpired();
    ServiceState service = state.value();
    if (service != null) {
      int yesterday = Math.toIntExact(Math.floorDiv(timestamp, MILLIS_PER_DAY)) - 1;
      service.dropBefore(yesterday, generationOfMillis(timestamp) - 1);
      if (service.isEmpty()) {
        state.clear();
      } else {
        state.update(service);
        isInUse = true;
      }
    }

    if (isInUse) {
      registerCleanup(context);
    }
  }

  /** Returns what is to be stored of a record: nothing a second time, and of counts the rest. */
  private List<ProfileRow> newRows(RawRecord raw, DecodedRecord decoded, ServiceState service)
      throws Exception {
    long place = RowKeys.place(raw);
    long receiveMillis = TimeUnit.NANOSECONDS.toMillis(raw.record().receiveTimeNanos());
    deltas.received(receiveMillis);
    List<ProfileRow> rows = new ArrayList<>(decoded.rows().size());
    for (ProfileRow row : decoded.rows()) {
      if (isDuplicate(raw, row, place, service)) {
        duplicateRows.inc();
      } else {
        rows.add(row);
      }
    }

    return decoded.isCumulative()
        ? deltas.subtract(rows, new CumulativeReading(decoded.process(), receiveMillis, place))
        : rows;
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

  private void registerCleanup(Context context) {
    TimerService timers = context.timerService();
    timers.registerProcessingTimeTimer(nextCleanup(timers.currentProcessingTime()));
  }

  /** Cleanups of all keys fall on the same instants, so that timers are few. */
  long nextCleanup(long nowMillis) {
    return (generationOfMillis(nowMillis) + 1) * duplicateWindow.toMillis();
  }
}
