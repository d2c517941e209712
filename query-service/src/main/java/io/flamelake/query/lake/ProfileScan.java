/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.ProfilesTable;
import io.flamelake.model.LabelNames;
import io.flamelake.model.LabelSet;
import io.flamelake.query.ProfileQuery;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.SampleSelector;
import io.flamelake.query.TimeRange;
import io.flamelake.query.table.PinnedTable;
import io.flamelake.query.table.TenantFilter;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.parquet.column.statistics.LongStatistics;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.io.api.Binary;
import org.jspecify.annotations.Nullable;

/**
 * The rows of {@code profiles} that one query selects. Cheap conditions come first, each on the
 * rows that the one before left, and a column is read only when a row is left to read it for:
 * profile type and service by dictionary index, time, then labels once per distinct series.
 *
 * <p>Immutable; the state of a running scan is in its {@link Worker}s.
 */
final class ProfileScan {
  private final ProfileQuery query;
  private final PinnedTable table;
  private final RowGroups rowGroups;
  private final SeriesLabels seriesLabels;
  private final boolean matchesLabels;
  private final boolean needsLabels;

  private ProfileScan(
      ProfileQuery query,
      Labels labels,
      PinnedTable table,
      RowGroups rowGroups,
      SeriesLabels seriesLabels) {
    this.query = query;
    this.table = table;
    this.rowGroups = rowGroups;
    this.seriesLabels = seriesLabels;
    this.matchesLabels =
        !query.selector().matchers().stream()
            .allMatch(matcher -> query.isKnownOfService(matcher.name()));
    this.needsLabels = matchesLabels || labels == Labels.WANTED;
  }

  private enum Labels {
    WANTED,
    UNWANTED
  }

  /** A scan whose caller wants to know all labels of each row. */
  static ProfileScan withLabels(
      ProfileQuery query, PinnedTable table, RowGroups rowGroups, SeriesLabels seriesLabels) {
    return new ProfileScan(query, Labels.WANTED, table, rowGroups, seriesLabels);
  }

  /**
   * @param groupBy labels that the caller wants to know of each row
   */
  static ProfileScan of(
      ProfileQuery query,
      List<String> groupBy,
      PinnedTable table,
      RowGroups rowGroups,
      SeriesLabels seriesLabels) {
    boolean derivable = groupBy.stream().allMatch(query::isKnownOfService);
    return new ProfileScan(
        query, derivable ? Labels.UNWANTED : Labels.WANTED, table, rowGroups, seriesLabels);
  }

  /** The state of one thread. */
  static class Worker extends ScanWorker {
    private final Long2ObjectOpenHashMap<LabelSet> labels = new Long2ObjectOpenHashMap<>();
    private final Long2ObjectOpenHashMap<Boolean> matches = new Long2ObjectOpenHashMap<>();

    /** The stored labels of a series of a selected row, if the scan needs labels. */
    LabelSet labels(long seriesId) {
      return requireNonNull(labels.get(seriesId), "labels");
    }
  }

  /** Whether the selected rows come with labels; otherwise only the service is known. */
  boolean needsLabels() {
    return needsLabels;
  }

  /** The row groups that may hold selected rows. */
  List<RowGroups.Task> plan(QueryCancellation cancellation) {
    if (query.range().isEmpty()) {
      return List.of();
    }

    return rowGroups.plan(filter(), this::mayMatch, cancellation);
  }

  private Expression filter() {
    Expression filter =
        Expressions.and(
            TenantFilter.of(query.tenant(), query.range()),
            Expressions.equal(ProfilesTable.PROFILE_TYPE, query.type().id()));
    String service = serviceName();
    return service == null
        ? filter
        : Expressions.and(filter, Expressions.equal(ProfilesTable.SERVICE_NAME, service));
  }

  private @Nullable String serviceName() {
    String stored = query.selector().equalValue(LabelNames.SERVICE_NAME);
    return stored != null ? stored : query.selector().equalValue(LabelNames.SERVICE_NAME_PRIVATE);
  }

  private boolean mayMatch(ParquetFile file, BlockMetaData rowGroup) throws IOException {
    LongStatistics times = rowGroups.longs(file, rowGroup, ProfilesTable.TS);
    if (times != null
        && (times.getMin() >= query.range().endMicros()
            || times.getMax() < query.range().startMicros())) {
      return false;
    }

    String service = serviceName();
    return rowGroups.mayHold(file, rowGroup, ProfilesTable.PROFILE_TYPE, query.type().id())
        && (service == null
            || rowGroups.mayHold(file, rowGroup, ProfilesTable.SERVICE_NAME, service));
  }

  /** Selects the rows of one row group. */
  RowSelection select(RowGroups.Task task, RowGroupReader reader, Worker worker)
      throws IOException {
    RowSelection rows = new RowSelection(reader.rowCount());
    boolean tenantKnown = table.isPartitionedBy(task.dataFile(), ProfilesTable.TENANT);
    reader.load(
        ProfilesTable.PROFILE_TYPE,
        ProfilesTable.SERVICE_NAME,
        ProfilesTable.TS,
        needsLabels ? ProfilesTable.SERIES_ID : ProfilesTable.TS,
        tenantKnown ? ProfilesTable.TS : ProfilesTable.TENANT);
    if (!tenantKnown) {
      retainEqual(reader, rows, ProfilesTable.TENANT, query.tenant().value());
    }

    retainEqual(reader, rows, ProfilesTable.PROFILE_TYPE, query.type().id());
    retainServices(reader, rows);
    rows.setTimes(reader.readLongs(ProfilesTable.TS, rows));
    TimeRange range = query.range();
    rows.retain(position -> range.contains(rows.time(position)));
    retainProfileIds(reader, rows);
    if (needsLabels && rows.size() > 0) {
      rows.setSeriesIds(reader.readLongs(ProfilesTable.SERIES_ID, rows));
      seriesLabels.resolve(query.tenant(), reader, rows, worker.labels);
      if (matchesLabels) {
        rows.retain(position -> matches(rows, position, worker));
      }
    }

    rowGroups.reads().addProfiles(rows.size());
    return rows;
  }

  static void retainEqual(RowGroupReader reader, RowSelection rows, String column, String value)
      throws IOException {
    StringColumn strings = reader.readStrings(column, rows);
    boolean[] equal = strings.equal(value);
    int[] codes = strings.codes();
    rows.retain(position -> equal[codes[position]]);
  }

  private void retainServices(RowGroupReader reader, RowSelection rows) throws IOException {
    StringColumn services = reader.readStrings(ProfilesTable.SERVICE_NAME, rows);
    boolean[] wanted = new boolean[services.values().size()];
    for (int code = 0; code < wanted.length; code++) {
      wanted[code] = query.selectsService(services.values().get(code));
    }

    rows.setServices(services);
    rows.retain(position -> wanted[rows.service(position)]);
  }

  private void retainProfileIds(RowGroupReader reader, RowSelection rows) throws IOException {
    SampleSelector samples = query.samples();
    if (samples.profileIds().isEmpty() || rows.size() == 0) {
      return;
    }

    ColumnCursor ids = reader.cursor(ProfilesTable.PROFILE_ID);
    boolean[] wanted = new boolean[rows.size()];
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = samples.profileIds().contains(readProfileId(ids, rows.row(i)));
    }

    rows.retain(position -> wanted[position]);
  }

  /** Reads the id of one row; rows have to be asked for in ascending order. */
  static UUID readProfileId(ColumnCursor ids, int row) throws IOException {
    ids.seek(row);
    Binary id = ids.binaryAt(ids.from());
    if (id == null) {
      throw new IOException("Null in the required column " + ProfilesTable.PROFILE_ID);
    }

    ByteBuffer bytes = id.toByteBuffer();
    return new UUID(bytes.getLong(), bytes.getLong());
  }

  private boolean matches(RowSelection rows, int position, Worker worker) {
    long seriesId = rows.seriesId(position);
    Boolean known = worker.matches.get(seriesId);
    if (known == null) {
      LabelSet derived = query.type().labels(rows.serviceName(position));
      known = query.selector().matches(worker.labels(seriesId).merge(derived));
      worker.matches.put(seriesId, known);
    }

    return known;
  }
}
