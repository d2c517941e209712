/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.tail;

import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.model.TenantId;
import io.flamelake.model.normalize.CumulativeTypes;
import io.flamelake.model.normalize.ProfileNormalizer;
import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.model.normalize.StackTraces;
import io.flamelake.model.pprof.MalformedProfileException;
import io.flamelake.model.pprof.Pprof;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.query.tail.TailBlock.Row;
import io.flamelake.query.tail.TailBlock.Series;
import io.flamelake.segment.Segment;
import io.flamelake.segment.SegmentRecord;
import io.micrometer.core.instrument.Counter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes one tenant's records of a segment, by the ingest job's code. Used by one thread.
 *
 * <p>What cumulative profiles have counted since the one before is known to the ingest job alone.
 * Their rows are left to its commit: they come a little later, and are never shown undiminished.
 */
final class TailDecoder {
  private static final Logger LOG = LoggerFactory.getLogger(TailDecoder.class);
  private static final int ROW_BYTES = 400;
  private static final int SERIES_BYTES = 1_000;
  private static final int STACK_BYTES = 24;
  private static final int FRAME_BYTES = 4;
  private static final int FUNCTION_BYTES = 24;

  private final SharedStrings strings;
  private final Counter decoded;
  private final Counter skipped;
  private final ProfileNormalizer normalizer = new ProfileNormalizer();
  private final Map<SeriesId, List<Row>> rowsBySeries = new LinkedHashMap<>();
  private long bytes;
  private boolean hasClientIds;

  private record SeriesId(ProfileType type, String serviceName, LabelSet labels) {}

  TailDecoder(SharedStrings strings, Counter decoded, Counter skipped) {
    this.strings = strings;
    this.decoded = decoded;
    this.skipped = skipped;
  }

  TailBlock decode(Segment segment, TenantId tenant) {
    segment.forEachRecord(tenant, (owner, record) -> decode(segment, owner, record));
    List<Series> series = new ArrayList<>(rowsBySeries.size());
    rowsBySeries.forEach((id, rows) -> series.add(series(id, rows)));
    return new TailBlock(
        segment.id(),
        List.copyOf(series),
        bytes + (long) series.size() * SERIES_BYTES,
        hasClientIds);
  }

  private void decode(Segment segment, TenantId tenant, SegmentRecord record) {
    List<ProfileRow> rows;
    try {
      Pprof pprof =
          PprofDecoder.decode(
              record.payload(), record.payloadOffset(), record.payloadLength(), PprofLimits.STORED);
      rows =
          normalizer.normalize(
              tenant, record.profileId(), record.receiveTimeNanos(), record.labels(), pprof);
    } catch (MalformedProfileException e) {
      // The gateway has checked it; the ingest job will skip it too.
      skipped.increment();
      LOG.error(
          "Skipping malformed profile {} of tenant {} in segment {}",
          record.profileId(),
          tenant,
          segment.id(),
          e);
      return;
    }

    decoded.increment();
    if (!rows.isEmpty()) {
      StackTraces stacks = rows.get(0).stacks().detach(strings::share);
      this.bytes += bytes(stacks);
    }

    boolean isCumulative = CumulativeTypes.isMarked(record.labels());
    for (ProfileRow row : rows) {
      if (!isCumulative || !CumulativeTypes.contains(row.type())) {
        add(row, record.hasClientId());
      }
    }
  }

  private void add(ProfileRow row, boolean hasClientId) {
    long key =
        hasClientId ? RowKeys.hash(row.tenant(), row.profileId(), row.type(), row.seriesId()) : 0;
    this.hasClientIds |= hasClientId;
    this.bytes += ROW_BYTES + 2L * Long.BYTES * row.stackIds().length;
    rowsBySeries
        .computeIfAbsent(
            new SeriesId(row.type(), row.serviceName(), row.labels()), id -> new ArrayList<>())
        .add(new Row(row, key));
  }

  private static Series series(SeriesId id, List<Row> rows) {
    long[] times = rows.stream().mapToLong(row -> row.profile().timeMicros()).toArray();
    return new Series(
        id.type,
        id.serviceName,
        id.labels,
        id.labels.merge(id.type.labels(id.serviceName)),
        Arrays.stream(times).min().orElseThrow(),
        Arrays.stream(times).max().orElseThrow(),
        List.copyOf(rows));
  }

  private static long bytes(StackTraces stacks) {
    long bytes = (long) stacks.functionCount() * FUNCTION_BYTES;
    for (int stack = 0; stack < stacks.size(); stack++) {
      bytes += STACK_BYTES + (long) stacks.depth(stack) * FRAME_BYTES;
    }

    return bytes;
  }
}
