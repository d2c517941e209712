/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.catalog.ProfilesTable;
import io.flamelake.model.LabelNames;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.model.flamegraph.CallTreeBuilder;
import io.flamelake.query.LabelQuery;
import io.flamelake.query.ProfileQuery;
import io.flamelake.query.ProfileSnapshot;
import io.flamelake.query.ProfileStats;
import io.flamelake.query.ProfileVisitor;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.QueryReads;
import io.flamelake.query.RollUps;
import io.flamelake.query.SampleSelector;
import io.flamelake.query.SeriesAccumulator;
import io.flamelake.query.SeriesCollector;
import io.flamelake.query.SpanVisitor;
import io.flamelake.query.StackSums;
import io.flamelake.query.StackVisitor;
import io.flamelake.query.TimeRange;
import io.flamelake.query.symbols.SelectedStacks;
import io.flamelake.query.symbols.StackResolver;
import io.flamelake.query.table.PinnedTable;
import it.unimi.dsi.fastutil.ints.IntArrayList;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.types.Conversions;
import org.jspecify.annotations.Nullable;

/** One version of {@code profiles}, with the stacks and series of that version or a later one. */
final class LakeSnapshot implements ProfileSnapshot {
  private final LakeProfileStore store;
  private final PinnedTable profiles;
  private final LaneWatermarks watermarks;
  private final StackResolver stacks;
  private final QueryReads reads;
  private final ParquetFiles files;
  private @Nullable SeriesRows series;

  LakeSnapshot(
      LakeProfileStore store, PinnedTable profiles, LaneWatermarks watermarks, QueryReads reads) {
    this.store = store;
    this.profiles = profiles;
    this.watermarks = watermarks;
    this.reads = reads;
    this.files = store.files(reads);
    this.stacks = new StackResolver(store.stackSymbols(), () -> store.pinStacks(files));
  }

  @Override
  public LaneWatermarks watermarks() {
    return watermarks;
  }

  @Override
  public void sumStacks(ProfileQuery query, StackSums sums, QueryCancellation cancellation) {
    StackSums all = scanStacks(query, cancellation);
    if (query.samples().stacks().selectsAll()) {
      sums.addAll(all);
      return;
    }

    for (StackSums.Group group : all.groups()) {
      LongOpenHashSet selected = stacks.select(query.samples().stacks(), group, cancellation);
      StackSums.Key key = group.key();
      for (long stackId : selected) {
        sums.group(key.tenant(), key.serviceName(), key.epochDay())
            .add(stackId, group.sums().get(stackId));
      }
    }
  }

  /** Sums the stacks of a query without regard to its conditions on stacks. */
  private StackSums scanStacks(ProfileQuery query, QueryCancellation cancellation) {
    ProfileScan scan = newScan(query, List.of());
    boolean bySpan = query.samples().selectsBySpan();
    StackSums sums = new StackSums();
    for (StackWorker worker :
        store
            .executor()
            .run(
                scan.plan(cancellation),
                StackWorker::new,
                (task, worker) -> {
                  RowGroupReader reader = task.newReader(files, worker.buffer());
                  RowSelection rows = scan.select(task, reader, worker);
                  if (bySpan) {
                    sumSamples(query, reader, rows, worker.sums);
                  } else {
                    StackSummer.sum(query, reader, rows, worker.sums);
                  }
                },
                cancellation)) {
      sums = sums.isEmpty() ? worker.sums : merge(sums, worker.sums);
    }

    return sums;
  }

  private static StackSums merge(StackSums sums, StackSums others) {
    sums.addAll(others);
    return sums;
  }

  private static void sumSamples(
      ProfileQuery query, RowGroupReader reader, RowSelection rows, StackSums sums)
      throws IOException {
    if (rows.size() == 0) {
      return;
    }

    SampleReader samples = SampleReader.of(query.samples(), reader);
    for (int i = 0; i < rows.size(); i++) {
      String service = rows.serviceName(i);
      long day = TimeRange.epochDay(rows.time(i));
      samples.forEach(
          rows.row(i),
          (stackId, value) -> sums.group(query.tenant(), service, day).add(stackId, value));
    }
  }

  private ProfileScan newScan(ProfileQuery query, List<String> groupBy) {
    return ProfileScan.of(query, groupBy, profiles, newRowGroups(), store.seriesLabels());
  }

  private RowGroups newRowGroups() {
    return new RowGroups(profiles, files, store.executor());
  }

  private static final class StackWorker extends ProfileScan.Worker {
    final StackSums sums = new StackSums();
  }

  @Override
  public void sumSeries(
      ProfileQuery query, SeriesAccumulator accumulator, QueryCancellation cancellation) {
    ProfileScan scan = newScan(query, accumulator.groupBy());
    SampleSelector samples = query.samples();
    SelectedStacks wanted = selectStacks(query, cancellation);
    for (SeriesWorker worker :
        store
            .executor()
            .run(
                scan.plan(cancellation),
                () -> new SeriesWorker(accumulator.newEmpty()),
                (task, worker) -> {
                  RowGroupReader reader = task.newReader(files, worker.buffer());
                  RowSelection rows = scan.select(task, reader, worker);
                  if (rows.size() == 0) {
                    return;
                  }

                  if (samples.selectsWholeProfiles()) {
                    worker.addTotals(query, scan, reader, rows);
                  } else {
                    worker.addSamples(query, scan, reader, rows, wanted);
                  }
                },
                cancellation)) {
      accumulator.addAll(worker.series);
    }
  }

  /** Finds the group of each row once per series, or once per service where that is enough. */
  private static final class SeriesWorker extends ProfileScan.Worker {
    private static final int MISSING = -1;

    final SeriesAccumulator series;
    private final Long2IntOpenHashMap groupsBySeries = new Long2IntOpenHashMap();

    SeriesWorker(SeriesAccumulator series) {
      this.series = series;
      groupsBySeries.defaultReturnValue(MISSING);
    }

    void addTotals(ProfileQuery query, ProfileScan scan, RowGroupReader reader, RowSelection rows)
        throws IOException {
      long[] totals = reader.readLongs(ProfilesTable.TOTAL_VALUE, rows);
      Groups groups = new Groups(query, scan, rows);
      for (int i = 0; i < totals.length; i++) {
        series.add(groups.group(i), rows.time(i), totals[i]);
      }
    }

    void addSamples(
        ProfileQuery query,
        ProfileScan scan,
        RowGroupReader reader,
        RowSelection rows,
        SelectedStacks stacks)
        throws IOException {
      SampleReader samples = SampleReader.of(query.samples(), reader);
      Groups groups = new Groups(query, scan, rows);
      for (int i = 0; i < rows.size(); i++) {
        LongPredicate wanted =
            stacks.of(query.tenant(), rows.serviceName(i), TimeRange.epochDay(rows.time(i)));
        long[] sum = new long[2];
        samples.forEach(
            rows.row(i),
            (stackId, value) -> {
              if (wanted.test(stackId)) {
                sum[0] += value;
                sum[1]++;
              }
            });
        if (sum[1] > 0) {
          series.add(groups.group(i), rows.time(i), sum[0]);
        }
      }
    }

    private final class Groups {
      private final ProfileQuery query;
      private final ProfileScan scan;
      private final RowSelection rows;
      private final IntArrayList groupsByService = new IntArrayList();

      Groups(ProfileQuery query, ProfileScan scan, RowSelection rows) {
        this.query = query;
        this.scan = scan;
        this.rows = rows;
      }

      int group(int position) {
        if (scan.needsLabels()) {
          long seriesId = rows.seriesId(position);
          int group = groupsBySeries.get(seriesId);
          if (group == MISSING) {
            group = series.group(query.type(), rows.serviceName(position), labels(seriesId));
            groupsBySeries.put(seriesId, group);
          }

          return group;
        }

        int service = rows.service(position);
        while (groupsByService.size() <= service) {
          groupsByService.add(MISSING);
        }

        if (groupsByService.getInt(service) == MISSING) {
          String name = rows.serviceName(position);
          groupsByService.set(
              service,
              series.group(query.type(), name, LabelSet.of(LabelNames.SERVICE_NAME, name)));
        }

        return groupsByService.getInt(service);
      }
    }
  }

  @Override
  public void visitProfiles(
      ProfileQuery query, ProfileVisitor visitor, QueryCancellation cancellation) {
    newVisit(query, cancellation).visitProfiles(visitor, cancellation);
  }

  @Override
  public void visitSpans(ProfileQuery query, SpanVisitor visitor, QueryCancellation cancellation) {
    newVisit(query, cancellation).visitSpans(visitor, cancellation);
  }

  private ProfileVisit newVisit(ProfileQuery query, QueryCancellation cancellation) {
    ProfileScan scan =
        ProfileScan.withLabels(query, profiles, newRowGroups(), store.seriesLabels());
    return new ProfileVisit(
        query, scan, selectStacks(query, cancellation), files, store.executor());
  }

  /** The stacks that a query's conditions on stacks select, among those that it finds. */
  private SelectedStacks selectStacks(ProfileQuery query, QueryCancellation cancellation) {
    return query.samples().stacks().selectsAll()
        ? SelectedStacks.ALL
        : stacks.select(query.samples().stacks(), scanStacks(query, cancellation), cancellation);
  }

  @Override
  public void collectSeries(
      LabelQuery query, SeriesCollector collector, QueryCancellation cancellation) {
    SeriesRows rows = series;
    if (rows == null) {
      rows = store.pinSeries(files);
      this.series = rows;
    }

    rows.collect(query, collector, cancellation);
  }

  @Override
  public ProfileStats stats(TenantId tenant, QueryCancellation cancellation) {
    ProfileStats stats = ProfileStats.NONE;
    for (DataFile file : profiles.plan(Expressions.equal(ProfilesTable.TENANT, tenant.value()))) {
      cancellation.check();
      stats = stats.merge(stats(tenant, file, cancellation));
    }

    return stats;
  }

  private ProfileStats stats(TenantId tenant, DataFile file, QueryCancellation cancellation) {
    Long oldest = bound(file.lowerBounds());
    Long newest = bound(file.upperBounds());
    if (oldest != null && newest != null && profiles.isPartitionedBy(file, ProfilesTable.TENANT)) {
      return file.recordCount() == 0 ? ProfileStats.NONE : new ProfileStats(true, oldest, newest);
    }

    RowGroups rowGroups = newRowGroups();
    ProfileStats stats = ProfileStats.NONE;
    for (RowGroups.Task task :
        rowGroups.plan(List.of(file), (opened, rowGroup) -> true, cancellation)) {
      try (PageBuffer buffer = new PageBuffer()) {
        RowGroupReader reader = task.newReader(files, buffer);
        RowSelection rows = new RowSelection(reader.rowCount());
        ProfileScan.retainEqual(reader, rows, ProfilesTable.TENANT, tenant.value());
        for (long time : reader.readLongs(ProfilesTable.TS, rows)) {
          stats = stats.merge(ProfileStats.of(time));
        }
      } catch (IOException | RuntimeException e) {
        throw ScanExecutor.cannotRead(task, e);
      }
    }

    return stats;
  }

  private @Nullable Long bound(@Nullable Map<Integer, ByteBuffer> bounds) {
    if (bounds == null) {
      return null;
    }

    ByteBuffer bound = bounds.get(profiles.fieldId(ProfilesTable.TS));
    return bound == null
        ? null
        : Conversions.fromByteBuffer(profiles.schema().findType(ProfilesTable.TS), bound);
  }

  @Override
  public void addTo(CallTreeBuilder tree, StackSums sums, QueryCancellation cancellation) {
    stacks.addTo(tree, sums, cancellation);
  }

  @Override
  public RollUps rollUps(TenantId tenant, TimeRange range, QueryCancellation cancellation) {
    return store.loadRollUps(profiles, tenant, range, files, reads, cancellation);
  }

  @Override
  public void forEachStack(StackSums sums, StackVisitor visitor, QueryCancellation cancellation) {
    stacks.forEachStack(sums, visitor, cancellation);
  }
}
