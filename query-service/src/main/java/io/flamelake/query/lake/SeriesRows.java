/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.catalog.SeriesTable;
import io.flamelake.model.Label;
import io.flamelake.model.LabelNames;
import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.query.LabelQuery;
import io.flamelake.query.QueryCancellation;
import io.flamelake.query.SeriesCollector;
import io.flamelake.query.SeriesKey;
import io.flamelake.query.cache.WeightedCache;
import io.flamelake.query.table.PinnedTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.apache.parquet.hadoop.metadata.BlockMetaData;

/**
 * Lists label sets from table {@code series}. The table is small, a row for each series and day, so
 * the rows of a file are kept decoded.
 */
final class SeriesRows {
  private final PinnedTable table;
  private final ParquetFiles files;
  private final ScanExecutor executor;
  private final WeightedCache<String, FileRows> cache;

  private record Row(String tenant, long day, SeriesKey series) {}

  /** The rows of one file. */
  record FileRows(List<Row> rows) {
    private static final int BYTES_PER_ROW = 300;
    private static final int BYTES_PER_LABEL = 100;

    long weight() {
      long weight = BYTES_PER_ROW;
      for (Row row : rows) {
        weight += BYTES_PER_ROW;
        for (Label label : row.series.labels().labels()) {
          weight += BYTES_PER_LABEL + label.name().length() + label.value().length();
        }
      }

      return weight;
    }
  }

  private record FileTask(DataFile dataFile, int index) {
    @Override
    public String toString() {
      return dataFile.location();
    }
  }

  SeriesRows(
      PinnedTable table,
      ParquetFiles files,
      ScanExecutor executor,
      WeightedCache<String, FileRows> cache) {
    this.table = table;
    this.files = files;
    this.executor = executor;
    this.cache = cache;
  }

  void collect(LabelQuery query, SeriesCollector collector, QueryCancellation cancellation) {
    if (query.range().isEmpty()) {
      return;
    }

    List<FileTask> tasks = new ArrayList<>();
    for (DataFile dataFile : table.plan(filter(query))) {
      tasks.add(new FileTask(dataFile, tasks.size()));
    }

    FileRows[] found = new FileRows[tasks.size()];
    executor.run(
        tasks,
        ScanWorker::new,
        (task, worker) -> found[task.index] = load(task.dataFile, worker.buffer()),
        cancellation);
    Set<SeriesKey> seen = new HashSet<>();
    for (FileRows rows : found) {
      cancellation.check();
      for (Row row : rows.rows()) {
        SeriesKey series = row.series;
        if (row.tenant.equals(query.tenant().value())
            && query.coversDay(row.day)
            && seen.add(series)
            && query.matches(
                series.type(), series.labels().value(LabelNames.SERVICE_NAME), series.labels())) {
          collector.add(series.type(), series.labels());
        }
      }
    }
  }

  private static Expression filter(LabelQuery query) {
    Expression filter =
        Expressions.and(
            Expressions.equal(SeriesTable.TENANT, query.tenant().value()),
            Expressions.greaterThanOrEqual(
                SeriesTable.DAY, plannedDay(query.range().firstEpochDay())),
            Expressions.lessThanOrEqual(SeriesTable.DAY, plannedDay(query.range().lastEpochDay())));
    String service = query.selector().equalValue(LabelNames.SERVICE_NAME);
    if (service != null) {
      filter = Expressions.and(filter, Expressions.equal(SeriesTable.SERVICE_NAME, service));
    }

    String type = query.selector().equalValue(LabelNames.PROFILE_TYPE);
    return type == null
        ? filter
        : Expressions.and(filter, Expressions.equal(SeriesTable.PROFILE_TYPE, type));
  }

  private static int plannedDay(long epochDay) {
    return (int) Math.max(Integer.MIN_VALUE, Math.min(Integer.MAX_VALUE, epochDay));
  }

  private FileRows load(DataFile dataFile, PageBuffer buffer) throws IOException {
    FileRows cached = cache.find(dataFile.location());
    if (cached != null) {
      return cached;
    }

    List<Row> rows = new ArrayList<>();
    ParquetFile file = files.open(table.io(), dataFile);
    for (BlockMetaData rowGroup : file.rowGroups()) {
      read(new RowGroupReader(table, files, file, rowGroup, buffer), rows);
    }

    return cache.add(dataFile.location(), new FileRows(List.copyOf(rows)));
  }

  private static void read(RowGroupReader reader, List<Row> rows) throws IOException {
    reader.load(SeriesTable.TENANT, SeriesTable.DAY, SeriesTable.PROFILE_TYPE, SeriesTable.LABELS);
    RowSelection all = new RowSelection(reader.rowCount());
    StringColumn tenants = reader.readStrings(SeriesTable.TENANT, all);
    long[] days = reader.readLongs(SeriesTable.DAY, all);
    StringColumn types = reader.readStrings(SeriesTable.PROFILE_TYPE, all);
    List<ProfileType> parsedTypes = types.values().stream().map(ProfileType::parse).toList();
    SeriesLabels.LabelColumn labels = new SeriesLabels.LabelColumn(reader, SeriesTable.LABELS);
    for (int i = 0; i < all.size(); i++) {
      LabelSet labelSet = labels.read(i);
      rows.add(
          new Row(
              tenants.values().get(tenants.codes()[i]),
              days[i],
              new SeriesKey(parsedTypes.get(types.codes()[i]), labelSet)));
    }
  }
}
