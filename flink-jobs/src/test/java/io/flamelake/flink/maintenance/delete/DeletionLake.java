/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import static org.apache.iceberg.expressions.Expressions.alwaysTrue;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.FlameTable;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.LakeTables;
import io.flamelake.catalog.LaneWatermarks;
import io.flamelake.catalog.PartitionVersion;
import io.flamelake.flink.IcebergRows;
import io.flamelake.flink.maintenance.MaintenanceConfig;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.RetentionSettings;
import io.flamelake.flink.maintenance.keep.SnapshotExpiryPlanner;
import io.flamelake.flink.sink.CommitRetry;
import io.flamelake.flink.sink.FlameLayout;
import io.flamelake.flink.sink.FlameTableRow;
import io.flamelake.flink.sink.LakeFileWriter;
import io.flamelake.flink.sink.ProfileTableRow;
import io.flamelake.flink.sink.ProfilesLayout;
import io.flamelake.flink.sink.RowLayout;
import io.flamelake.flink.sink.SeriesLayout;
import io.flamelake.flink.sink.SeriesTableRow;
import io.flamelake.flink.sink.StackTableRow;
import io.flamelake.flink.sink.StacksLayout;
import io.flamelake.flink.source.SegmentLogLocation;
import io.flamelake.model.LabelSet;
import io.flamelake.model.flamegraph.PreorderTree;
import io.flamelake.segment.Ulid;
import io.flamelake.segment.store.InMemoryObjectStore;
import io.flamelake.segment.store.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.Transaction;
import org.apache.iceberg.data.Record;

/** Tables with rows that a test made, and a clock that it moves. */
final class DeletionLake implements AutoCloseable {
  static final String LANE = "01J00000000000000000000001";
  static final String TYPE = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  static final String OTHER_TYPE = "memory:inuse_space:bytes:space:bytes";
  static final long DAY_MICROS = TimeUnit.DAYS.toMicros(1);
  static final long HOUR_MICROS = TimeUnit.HOURS.toMicros(1);

  /** The first day of the tests' profiles: a week ago. */
  final int day = Math.toIntExact(TimeUnit.MILLISECONDS.toDays(System.currentTimeMillis())) - 7;

  final LakeCatalog catalog;
  final ObjectStore store;
  private final CatalogConfig catalogConfig;
  private final Path directory;
  private RetentionSettings retention = RetentionSettings.FOR_EVER;
  private Duration passed = Duration.ZERO;
  private long number;

  DeletionLake(Path directory) {
    this(directory, new InMemoryObjectStore());
  }

  DeletionLake(Path directory, ObjectStore store) {
    this.directory = directory;
    this.catalogConfig = CatalogConfig.embedded(directory);
    this.catalog = LakeCatalog.open(catalogConfig);
    this.store = store;
    catalog.tables();
  }

  void retain(RetentionSettings settings) {
    this.retention = settings;
  }

  MaintenanceConfig config() {
    return MaintenanceConfig.builder(
            catalogConfig, new SegmentLogLocation("file:///none", Map.of()))
        .interval(Duration.ofSeconds(1))
        .duplicateWindow(Duration.ofMinutes(1))
        .snapshotAge(Duration.ofMinutes(2))
        .segmentGrace(Duration.ofMinutes(3))
        .retention(retention)
        .commitRetry(
            new CommitRetry(Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofSeconds(30)))
        .build();
  }

  /** What a new run of maintenance works with. */
  MaintenanceContext context() {
    return new MaintenanceContext(
        config(), Ulid.of(clock().millis()), catalog, store, clock(), directory);
  }

  Deletions deletions() {
    return new Deletions(catalog, store, config(), clock());
  }

  Clock clock() {
    return Clock.fixed(Instant.now().plus(passed), ZoneOffset.UTC);
  }

  void pass(Duration time) {
    passed = passed.plus(time);
  }

  long micros(int dayOffset, int hour, int minute) {
    return (day + dayOffset) * DAY_MICROS + hour * HOUR_MICROS + TimeUnit.MINUTES.toMicros(minute);
  }

  ProfileTableRow row(String tenant, String service, String pod, long timeMicros, long... stacks) {
    return row(tenant, TYPE, service, pod, timeMicros, stacks);
  }

  ProfileTableRow row(
      String tenant, String type, String service, String pod, long timeMicros, long... stacks) {
    LabelSet labels = LabelSet.of("service_name", service, "pod", pod);
    number++;
    return new ProfileTableRow(
        tenant,
        type,
        service,
        timeMicros,
        1,
        1,
        labels.id(),
        labels,
        number,
        stacks,
        stacks.clone(),
        null,
        null,
        new UUID(1, number));
  }

  /** Commits rows with their symbols as the ingest job does, one file for each hour. */
  void add(List<ProfileTableRow> rows) {
    Map<String, StackTableRow> stacks = new TreeMap<>();
    Map<String, SeriesTableRow> series = new TreeMap<>();
    for (ProfileTableRow row : rows) {
      int rowDay = Math.toIntExact(row.timeMicros() / DAY_MICROS);
      String key = row.tenant() + '/' + rowDay + '/' + row.serviceName() + '/';
      for (long stack : row.stackIds()) {
        stacks.put(key + stack, stack(row.tenant(), rowDay, row.serviceName(), stack));
      }

      series.put(
          key + row.profileType() + row.seriesId(),
          new SeriesTableRow(
              row.tenant(),
              rowDay,
              row.seriesId(),
              row.profileType(),
              row.serviceName(),
              row.labels()));
    }

    LakeTables tables = catalog.tables();
    append(tables.stacks(), new StacksLayout(), List.copyOf(stacks.values()));
    append(tables.series(), new SeriesLayout(), List.copyOf(series.values()));
    append(tables.profiles(), new ProfilesLayout(), rows);
  }

  void addRollUp(FlameLayout layout, FlameTableRow row) {
    LakeTables tables = catalog.tables();
    append(
        layout == FlameLayout.HOURLY ? tables.flame1h() : tables.flame1d(), layout, List.of(row));
  }

  FlameTableRow rollUp(String service, long timeMicros, PartitionVersion covered) {
    PreorderTree tree =
        new PreorderTree(
            new String[] {"main " + service}, new int[] {0}, new int[] {0}, new long[] {1}, 1);
    return new FlameTableRow("a", TYPE, service, timeMicros, 1, 1, tree, covered);
  }

  /** Rolls some hours of tenant a up, as they are now, and their day as a whole. */
  void rollUp(int dayOffset, List<Integer> hours) {
    hours.forEach(hour -> addRollUp(FlameLayout.HOURLY, hour(dayOffset, hour)));
    addRollUp(
        FlameLayout.DAILY,
        rollUp(
            "day-" + dayOffset,
            micros(dayOffset, 0, 0),
            version(micros(dayOffset, 0, 0), micros(dayOffset + 1, 0, 0))));
  }

  /** A row of an hour of tenant a as it is now. */
  FlameTableRow hour(int dayOffset, int hour) {
    long start = micros(dayOffset, hour, 0);
    return rollUp("hour-" + hour, start, version(start, start + HOUR_MICROS));
  }

  private PartitionVersion version(long startMicros, long endMicros) {
    PartitionVersion version = PartitionVersion.EMPTY;
    for (FileScanTask task : PartitionFiles.all(catalog.tables().profiles(), alwaysTrue())) {
      long hourMicros = task.file().partition().get(1, Integer.class) * HOUR_MICROS;
      if (task.file().partition().get(0, String.class).equals("a")
          && hourMicros >= startMicros
          && hourMicros < endMicros) {
        version = version.plus(task.file());
      }
    }

    return version;
  }

  /** Moves a watermark on, as an ingest commit does. */
  void commitLane(long sequence) {
    LakeTables tables = catalog.tables();
    for (Table table : List.of(tables.stacks(), tables.series(), tables.profiles())) {
      Transaction transaction = table.newTransaction();
      transaction.newAppend().commit();
      transaction
          .updateProperties()
          .set(LaneWatermarks.PROPERTY_PREFIX + LANE, Long.toString(sequence))
          .commit();
      transaction.commitTransaction();
    }
  }

  /** Lets the snapshots get old, and has them expired. */
  void expire() {
    for (int round = 0; round < 2; round++) {
      expireOnce();
    }
  }

  private void expireOnce() {
    pass(config().snapshotAge().plusSeconds(1));
    MaintenanceContext context = context();
    for (MaintenanceTask task : new SnapshotExpiryPlanner().plan(context)) {
      try {
        context.tables().refresh();
        task.run(context);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** The numbers of the profiles that are there. */
  List<Long> profiles() {
    return longs(catalog.tables().profiles(), "total_value");
  }

  /** Stacks as {@code tenant/service/id}. */
  List<String> stacks() {
    List<String> texts = new ArrayList<>();
    for (Record row : IcebergRows.read(catalog.tables().stacks())) {
      texts.add(
          row.getField("tenant")
              + "/"
              + row.getField("service_name")
              + "/"
              + row.getField("stack_id"));
    }

    texts.sort(null);
    return texts;
  }

  /** Series as {@code tenant/service/pod}. */
  List<String> series() {
    List<String> texts = new ArrayList<>();
    for (Record row : IcebergRows.read(catalog.tables().series())) {
      Map<?, ?> labels = (Map<?, ?>) row.getField("labels");
      texts.add(
          row.getField("tenant") + "/" + row.getField("service_name") + "/" + labels.get("pod"));
    }

    texts.sort(null);
    return texts;
  }

  List<String> rollUps(Table table) {
    List<String> services = new ArrayList<>();
    for (Record row : IcebergRows.read(table)) {
      services.add(String.valueOf(row.getField(FlameTable.SERVICE_NAME)));
    }

    services.sort(null);
    return services;
  }

  private static List<Long> longs(Table table, String column) {
    List<Long> numbers = new ArrayList<>();
    for (Record row : IcebergRows.read(table)) {
      numbers.add((Long) row.getField(column));
    }

    numbers.sort(null);
    return numbers;
  }

  private static StackTableRow stack(String tenant, int day, String service, long id) {
    return new StackTableRow(
        tenant,
        day,
        service,
        id,
        new String[] {"main", service + ".f" + id},
        new int[] {1, 2},
        new String[] {"", ""},
        null);
  }

  private static <R> void append(Table table, RowLayout<R> layout, List<R> rows) {
    Map<String, Map<Integer, List<R>>> partitions = new TreeMap<>();
    for (R row : rows) {
      partitions
          .computeIfAbsent(layout.tenant(row), any -> new TreeMap<>())
          .computeIfAbsent(layout.period(row), any -> new ArrayList<>())
          .add(row);
    }

    AppendFiles append = table.newAppend();
    LakeFileWriter<R> writer = new LakeFileWriter<>(table, layout, 0);
    partitions.forEach(
        (tenant, periods) ->
            periods.forEach(
                (period, part) -> {
                  part.sort(layout.order());
                  try {
                    append.appendFile(
                        writer
                            .write(tenant, period, part)
                            .toDataFile(table.spec(), table.sortOrder()));
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                }));
    append.commit();
  }

  @Override
  public void close() {
    catalog.close();
  }
}
