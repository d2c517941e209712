/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.catalog.ProfilesTable;
import io.flamelake.query.ProfileQuery;
import io.flamelake.query.ProfileVisitor;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.SampleSelector.TraceId;
import io.flamelake.query.SelectedProfile;
import io.flamelake.query.SpanVisitor;
import io.flamelake.query.TimeRange;
import io.flamelake.query.symbols.SelectedStacks;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * Shows single rows to a visitor. Row groups are read in parallel and shown one after the other, so
 * that no more than one row group per thread waits in memory.
 */
final class ProfileVisit {
  private final ProfileQuery query;
  private final ProfileScan scan;
  private final SelectedStacks stacks;
  private final ParquetFiles files;
  private final ScanExecutor executor;

  /** Guards the visitor. */
  private final Object turn = new Object();

  /** The selected rows of one row group. */
  private record Rows(RowSelection selection, SelectedProfile[] profiles, RowGroupReader reader) {}

  private record SpanKey(TraceId traceId, long spanId) {}

  @FunctionalInterface
  private interface RowsVisitor {
    void visit(Rows rows) throws IOException;
  }

  /**
   * @param scan comes with labels
   */
  ProfileVisit(
      ProfileQuery query,
      ProfileScan scan,
      SelectedStacks stacks,
      ParquetFiles files,
      ScanExecutor executor) {
    this.query = query;
    this.scan = scan;
    this.stacks = stacks;
    this.files = files;
    this.executor = executor;
  }

  void visitProfiles(ProfileVisitor visitor, QueryCancellation cancellation) {
    forEachRowGroup(
        rows -> {
          long[] values = values(rows);
          synchronized (turn) {
            for (int i = 0; i < values.length; i++) {
              if (values[i] != 0) {
                visitor.visit(rows.profiles[i], values[i]);
              }
            }
          }
        },
        cancellation);
  }

  void visitSpans(SpanVisitor visitor, QueryCancellation cancellation) {
    forEachRowGroup(
        rows -> {
          Map<Integer, Map<SpanKey, Long>> spans = spans(rows);
          synchronized (turn) {
            spans.forEach(
                (row, sums) ->
                    sums.forEach(
                        (span, value) ->
                            visitor.visit(rows.profiles[row], span.traceId, span.spanId, value)));
          }
        },
        cancellation);
  }

  private void forEachRowGroup(RowsVisitor visitor, QueryCancellation cancellation) {
    executor.run(
        scan.plan(cancellation),
        ProfileScan.Worker::new,
        (task, worker) -> {
          RowGroupReader reader = task.newReader(files, worker.buffer());
          RowSelection selection = scan.select(task, reader, worker);
          if (selection.size() > 0) {
            visitor.visit(new Rows(selection, profiles(selection, reader, worker), reader));
          }
        },
        cancellation);
  }

  private static SelectedProfile[] profiles(
      RowSelection rows, RowGroupReader reader, ProfileScan.Worker worker) throws IOException {
    ColumnCursor ids = reader.cursor(ProfilesTable.PROFILE_ID);
    SelectedProfile[] profiles = new SelectedProfile[rows.size()];
    for (int i = 0; i < profiles.length; i++) {
      profiles[i] =
          new SelectedProfile(
              ProfileScan.readProfileId(ids, rows.row(i)),
              rows.time(i),
              worker.labels(rows.seriesId(i)));
    }

    return profiles;
  }

  /** The sums of each row's selected samples. */
  private long[] values(Rows rows) throws IOException {
    RowSelection selection = rows.selection;
    if (query.samples().selectsWholeProfiles()) {
      return rows.reader.readLongs(ProfilesTable.TOTAL_VALUE, selection);
    }

    SampleReader samples = SampleReader.of(query.samples(), rows.reader);
    long[] sums = new long[selection.size()];
    for (int i = 0; i < sums.length; i++) {
      int row = i;
      LongPredicate wanted = wantedStacks(selection, row);
      samples.forEach(
          selection.row(row),
          (stackId, value) -> {
            if (wanted.test(stackId)) {
              sums[row] += value;
            }
          });
    }

    return sums;
  }

  /** The sums of each row's selected samples by span, for rows that have any. */
  private Map<Integer, Map<SpanKey, Long>> spans(Rows rows) throws IOException {
    RowSelection selection = rows.selection;
    SampleReader samples = SampleReader.withSpans(query.samples(), rows.reader);
    Map<Integer, Map<SpanKey, Long>> spans = new LinkedHashMap<>();
    for (int i = 0; i < selection.size(); i++) {
      int row = i;
      LongPredicate wanted = wantedStacks(selection, row);
      samples.forEachInSpan(
          selection.row(row),
          (stackId, value, traceId, spanId) -> {
            if (wanted.test(stackId)) {
              spans
                  .computeIfAbsent(row, key -> new LinkedHashMap<>())
                  .merge(new SpanKey(traceId, spanId), value, Long::sum);
            }
          });
    }

    return spans;
  }

  private LongPredicate wantedStacks(RowSelection rows, int row) {
    return stacks.of(query.tenant(), rows.serviceName(row), TimeRange.epochDay(rows.time(row)));
  }
}
