/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.read;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.LaneRanges;
import io.flamelake.flink.IngestCounter;
import io.flamelake.flink.serialize.ImmutableTypeInfo;
import io.flamelake.flink.sink.FileSet;
import io.flamelake.flink.sink.FileSetSerializer;
import io.flamelake.flink.source.SegmentLogLocation;
import io.flamelake.segment.CorruptSegmentException;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.Segment;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.store.ObjectNotFoundException;
import io.flamelake.segment.store.ObjectStore;
import io.flamelake.segment.store.ObjectStoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches each segment, checks it and emits its records. A segment is taken in one call, so a
 * barrier never falls into the middle of one. Before a barrier it tells the committer, on {@link
 * #PROGRESS}, which segments of which lanes were taken since the last one.
 *
 * <p>A segment that fails its check is reported in the log's quarantine and stops its lane, here
 * and after every restart, until an operator names it as one to be skipped. Other lanes go on.
 */
public final class SegmentReadOperator extends AbstractStreamOperator<RawRecord>
    implements OneInputStreamOperator<SegmentId, RawRecord> {

  /** What was read between two barriers. */
  public static final OutputTag<FileSet> PROGRESS =
      new OutputTag<>(
          "lane-progress", ImmutableTypeInfo.of(FileSet.class, new FileSetSerializer()));

  private static final long serialVersionUID = 1L;

  private static final Logger LOGGER = LoggerFactory.getLogger(SegmentReadOperator.class);

  private static final int MAX_ATTEMPTS = 5;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  private final SegmentLogLocation location;
  private final TreeSet<String> skippedSegments;
  private transient @Nullable ObjectStore store;
  private transient SegmentLog log;
  private transient Set<LaneId> stoppedLanes;
  private transient Map<LaneId, Long> laneStarts;
  private transient Map<String, LaneRanges.Range> progress;
  private transient long oldestReceiveNanos;
  private transient Counter segmentsRead;
  private transient Counter segmentsQuarantined;
  private transient Counter segmentsSkipped;
  private transient Counter recordsRead;
  private transient Counter bytesRead;

  /**
   * @param skippedSegments corrupt segments, as {@code lane/sequence}, that were given up
   */
  public SegmentReadOperator(SegmentLogLocation location, Set<String> skippedSegments) {
    this.location = requireNonNull(location, "location");
    this.skippedSegments = new TreeSet<>(skippedSegments);
  }

  @Override
  public void open() throws Exception {
    super.open();
    ObjectStore opened = location.openStore();
    store = opened;
    log = new SegmentLog(opened);
    stoppedLanes = new HashSet<>();
    laneStarts = new HashMap<>();
    progress = new TreeMap<>();
    oldestReceiveNanos = FileSet.NO_PROFILE;
    segmentsRead = counter(IngestCounter.SEGMENTS_READ);
    segmentsQuarantined = counter(IngestCounter.SEGMENTS_QUARANTINED);
    segmentsSkipped = counter(IngestCounter.SEGMENTS_SKIPPED);
    recordsRead = counter(IngestCounter.RECORDS_READ);
    bytesRead = counter(IngestCounter.PAYLOAD_BYTES_READ);
  }

  @Override
  public void processElement(StreamRecord<SegmentId> element) throws InterruptedException {
    SegmentId segment = element.getValue();
    if (stoppedLanes.contains(segment.lane())) {
      return;
    }

    long laneStart = laneStarts.computeIfAbsent(segment.lane(), any -> segment.sequence() - 1);
    List<RawRecord> records;
    try {
      records = read(segment, laneStart);
    } catch (CorruptSegmentException e) {
      if (!skippedSegments.contains(segment.toString())) {
        quarantine(segment, e);
        return;
      }

      LOGGER.warn("Segment {} is skipped as configured: {}", segment, e.reason());
      segmentsSkipped.inc();
      records = List.of();
    }

    records.forEach(this::emit);
    progress.merge(
        segment.lane().value(),
        new LaneRanges.Range(segment.sequence() - 1, segment.sequence()),
        SegmentReadOperator::join);
  }

  @Override
  public void prepareSnapshotPreBarrier(long checkpointId) {
    if (!progress.isEmpty()) {
      FileSet share = FileSet.ofRanges(LaneRanges.of(progress), oldestReceiveNanos);
      output.collect(PROGRESS, new StreamRecord<>(share));
      progress.clear();
      oldestReceiveNanos = FileSet.NO_PROFILE;
    }
  }

  @Override
  public void close() throws Exception {
    ObjectStore opened = store;
    if (opened != null) {
      opened.close();
    }

    super.close();
  }

  private void emit(RawRecord raw) {
    recordsRead.inc();
    bytesRead.inc(raw.record().payloadLength());
    oldestReceiveNanos = Math.min(oldestReceiveNanos, raw.record().receiveTimeNanos());
    output.collect(new StreamRecord<>(raw));
  }

  /** Returns all records, so that none is emitted of a segment that turns out to be corrupt. */
  private List<RawRecord> read(SegmentId id, long laneStart) throws InterruptedException {
    for (int attempt = 1; ; attempt++) {
      try {
        Segment segment = log.read(id);
        List<RawRecord> records = new ArrayList<>();
        segment.forEachRecord(
            (tenant, record) ->
                records.add(new RawRecord(id, laneStart, records.size(), tenant, record)));
        if (!segment.isSeal()) {
          segmentsRead.inc();
        }

        return records;
      } catch (ObjectNotFoundException e) {
        throw e;
      } catch (CorruptSegmentException | ObjectStoreException e) {
        // A response that was cut short looks like a corrupt object, once.
        if (attempt == MAX_ATTEMPTS) {
          throw e;
        }

        LOGGER.info("Reading segment {} failed, attempt {}", id, attempt, e);
      }

      Thread.sleep(FIRST_PAUSE.toMillis() << (attempt - 1));
    }
  }

  private void quarantine(SegmentId segment, CorruptSegmentException failure) {
    stoppedLanes.add(segment.lane());
    segmentsQuarantined.inc();
    log.quarantine(segment, failure.reason());
  }

  private Counter counter(IngestCounter counter) {
    return getMetricGroup().counter(counter.metricName());
  }

  private static LaneRanges.Range join(LaneRanges.Range range, LaneRanges.Range next) {
    if (next.fromExclusive() != range.toInclusive()) {
      throw new IllegalStateException("Segments " + next + " do not follow " + range);
    }

    return new LaneRanges.Range(range.fromExclusive(), next.toInclusive());
  }
}
