/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.LakeTables;
import io.flamelake.catalog.PartitionVersion;
import io.flamelake.flink.IcebergRows;
import io.flamelake.flink.maintenance.MaintenanceConfig;
import io.flamelake.flink.maintenance.MaintenanceConfigBuilder;
import io.flamelake.flink.maintenance.MaintenanceContext;
import io.flamelake.flink.maintenance.MaintenanceTask;
import io.flamelake.flink.maintenance.TaskResult;
import io.flamelake.flink.sink.CommitRetry;
import io.flamelake.flink.sink.LakeFileWriter;
import io.flamelake.flink.sink.ProfileTableRow;
import io.flamelake.flink.sink.ProfilesLayout;
import io.flamelake.flink.sink.RowLayout;
import io.flamelake.flink.sink.StackTableRow;
import io.flamelake.flink.sink.StacksLayout;
import io.flamelake.flink.source.SegmentLogLocation;
import io.flamelake.model.LabelSet;
import io.flamelake.segment.store.InMemoryObjectStore;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Snapshot;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.io.CloseableIterable;
import org.jspecify.annotations.Nullable;

/** A lake whose content the test remembers, and what its roll-ups must be. */
final class RollUpLake implements AutoCloseable {

  static final int DAY = 20_458;
  static final int HOUR = 24 * DAY;
  static final String RUN = "01J00000000000000000000001";

  private static final long MICROS_PER_HOUR = 3_600_000_000L;
  private static final CommitRetry QUICK =
      new CommitRetry(Duration.ofMillis(1), Duration.ofMillis(20), Duration.ofSeconds(30));

  /** Long after all that is written, by the clock of commits and by the profiles' own time. */
  private Instant now = Instant.now().plus(Duration.ofDays(1));

  private final Path directory;
  private final LakeCatalog catalog;
  private final CatalogConfig catalogConfig;
  private final Map<DataFile, List<ProfileTableRow>> files = new LinkedHashMap<>();
  private final Map<String, List<String>> stacks = new HashMap<>();
  private long numbers;

  RollUpLake(Path directory, CatalogConfig catalogConfig) {
    this.directory = directory;
    this.catalogConfig = catalogConfig;
    this.catalog = LakeCatalog.open(catalogConfig);
    catalog.tables();
  }

  RollUpLake(Path directory) {
    this(directory, CatalogConfig.embedded(directory.resolve("lake")));
  }

  LakeTables tables() {
    return catalog.tables();
  }

  Instant now() {
    return now;
  }

  void setNow(Instant newNow) {
    this.now = newNow;
  }

  /** One profile with random stacks of few functions. */
  ProfileTableRow profile(Random random, String tenant, int hour, String service, String type) {
    int size = random.nextInt(12);
    long[] ids = random.longs(0, 40).distinct().limit(size).sorted().toArray();
    if (ids.length > 1 && random.nextInt(4) == 0) {
      // As with spans: an id may repeat.
      ids[1] = ids[0];
    }

    long[] values = new long[ids.length];
    for (int i = 0; i < ids.length; i++) {
      values[i] = random.nextInt(8) == 0 ? 0 : random.nextInt(1_000);
    }

    return profile(tenant, hour, service, type, ids, values);
  }

  ProfileTableRow profile(
      String tenant, int hour, String service, String type, long[] ids, long[] values) {
    numbers++;
    return new ProfileTableRow(
        tenant,
        type,
        service,
        hour * MICROS_PER_HOUR + (numbers * 77_777_777L) % MICROS_PER_HOUR,
        1,
        1,
        numbers,
        LabelSet.of("service_name", service),
        Arrays.stream(values).sum(),
        ids,
        values,
        null,
        null,
        new UUID(7, numbers));
  }

  /** Commits the stacks of profiles, then the profiles: one file for each tenant and hour. */
  List<DataFile> append(Collection<ProfileTableRow> profiles) throws IOException {
    appendStacks(profiles);
    return appendProfiles(profiles);
  }

  List<DataFile> appendProfiles(Collection<ProfileTableRow> profiles) throws IOException {
    AppendFiles append = tables().profiles().newAppend();
    List<DataFile> added = new ArrayList<>();
    Map<String, List<ProfileTableRow>> partitions = new TreeMap<>();
    for (ProfileTableRow row : profiles) {
      partitions.computeIfAbsent(row.tenant() + " " + hour(row), any -> new ArrayList<>()).add(row);
    }

    for (List<ProfileTableRow> rows : partitions.values()) {
      DataFile file = write(rows);
      append.appendFile(file);
      files.put(file, rows);
      added.add(file);
    }

    append.commit();
    return added;
  }

  /** Commits stacks of ids that are new in their service and day; some of them twice. */
  void appendStacks(Collection<ProfileTableRow> profiles) throws IOException {
    Table table = tables().stacks();
    AppendFiles append = table.newAppend();
    Map<String, List<StackTableRow>> partitions = new TreeMap<>();
    for (ProfileTableRow row : profiles) {
      for (long id : row.stackIds()) {
        int day = hour(row) / 24;
        String key = String.join(" ", row.tenant(), row.serviceName(), "" + day, "" + id);
        boolean isNew = !stacks.containsKey(key);
        List<String> functions = stacks.computeIfAbsent(key, any -> functions(row, id));
        if (isNew || id % 5 == 0) {
          partitions
              .computeIfAbsent(row.tenant() + " " + day, any -> new ArrayList<>())
              .add(
                  new StackTableRow(
                      row.tenant(),
                      day,
                      row.serviceName(),
                      id,
                      functions.toArray(new String[0]),
                      new int[functions.size()],
                      functions.stream().map(function -> "a.go").toArray(String[]::new),
                      null));
        }
      }
    }

    for (List<StackTableRow> rows : partitions.values()) {
      append.appendFile(write(table, new StacksLayout(), rows));
    }

    append.commit();
  }

  /** Puts one file in the place of some of a tenant and hour, with the same rows. */
  void compact(List<DataFile> replaced, Sequence kind) throws IOException {
    List<ProfileTableRow> rows = new ArrayList<>();
    RewriteFiles rewrite = tables().profiles().newRewrite();
    long sequence = 0;
    for (FileScanTask task : scan(tables().profiles())) {
      for (DataFile file : replaced) {
        if (file.location().equals(task.file().location())) {
          rewrite.deleteFile(task.file());
          sequence = Math.max(sequence, task.file().dataSequenceNumber());
          rows.addAll(files.getOrDefault(file, List.of()));
        }
      }
    }

    replaced.forEach(files::remove);
    DataFile file = write(rows);
    files.put(file, rows);
    rewrite.addFile(file);
    if (kind == Sequence.KEPT) {
      rewrite.dataSequenceNumber(sequence);
    }

    rewrite.commit();
  }

  void delete(DataFile file) {
    tables().profiles().newDelete().deleteFile(file).commit();
    files.remove(file);
  }

  /** Files of profiles that are in the table. */
  List<DataFile> files(String tenant, int hour) {
    return files.entrySet().stream()
        .filter(file -> hour(file.getValue().get(0)) == hour)
        .filter(file -> file.getValue().get(0).tenant().equals(tenant))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Plans and runs until nothing is due. */
  TaskResult rollUp() throws Exception {
    return rollUp(builder -> {});
  }

  TaskResult rollUp(Consumer<MaintenanceConfigBuilder> settings) throws Exception {
    MaintenanceContext context = context(RUN, settings);
    RollUpPlanner planner = new RollUpPlanner();
    TaskResult result = TaskResult.NOTHING;
    while (true) {
      context.tables().refresh();
      List<MaintenanceTask> tasks = planner.plan(context);
      if (tasks.isEmpty()) {
        return result;
      }

      for (MaintenanceTask task : tasks) {
        context.tables().refresh();
        result = result.plus(task.run(context));
      }
    }
  }

  List<MaintenanceTask> plan(Consumer<MaintenanceConfigBuilder> settings) throws Exception {
    return new RollUpPlanner().plan(context(RUN, settings));
  }

  MaintenanceContext context(String run, Consumer<MaintenanceConfigBuilder> settings) {
    MaintenanceConfigBuilder builder =
        MaintenanceConfig.builder(
                catalogConfig, new SegmentLogLocation(directory.toUri().toString(), Map.of()))
            .commitRetry(QUICK);
    settings.accept(builder);
    return new MaintenanceContext(
        builder.build(),
        run,
        catalog,
        new InMemoryObjectStore(),
        Clock.fixed(now, ZoneOffset.UTC),
        directory);
  }

  /** Data files of a table that are in the store. */
  Set<String> storedFiles(String table) throws IOException {
    Path root = Path.of(URI.create(tables().profiles().location())).resolveSibling(table);
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .map(Path::toString)
          .filter(file -> file.endsWith(".parquet"))
          .collect(Collectors.toSet());
    }
  }

  /** Data files of the hourly roll-ups that some snapshot has. */
  Set<String> referencedFiles() {
    Table flames = tables().flame1h();
    Set<String> files = new HashSet<>();
    for (Snapshot snapshot : flames.snapshots()) {
      for (DataFile file : snapshot.addedDataFiles(flames.io())) {
        files.add(Path.of(URI.create(file.location())).toString());
      }
    }

    return files;
  }

  /** What the rows of a roll-up table have to be if all periods are rolled up. */
  SortedMap<String, Tree> expected(int hoursPerPeriod) throws IOException {
    SortedMap<String, Tree> trees = new TreeMap<>();
    Map<String, PartitionVersion> versions = versions(hoursPerPeriod);
    for (List<ProfileTableRow> rows : files.values()) {
      for (ProfileTableRow row : rows) {
        int period = hour(row) / hoursPerPeriod;
        Tree tree =
            trees.computeIfAbsent(
                key(row.tenant(), row.profileType(), row.serviceName(), period), any -> new Tree());
        tree.covered = versions.get(row.tenant() + " " + period);
        add(tree, row);
      }
    }

    return trees;
  }

  /** The rows of a roll-up table, decoded the slow way. */
  SortedMap<String, Tree> rows(Table flames, int hoursPerPeriod) {
    SortedMap<String, Tree> trees = new TreeMap<>();
    for (Record row : IcebergRows.read(flames)) {
      long micros =
          ChronoUnit.MICROS.between(
              Instant.EPOCH, ((OffsetDateTime) row.getField("ts")).toInstant());
      long length = hoursPerPeriod * MICROS_PER_HOUR;
      String key =
          key(
              (String) row.getField("tenant"),
              (String) row.getField("profile_type"),
              (String) row.getField("service_name"),
              Math.toIntExact(micros / length));
      Tree before = trees.put(micros % length == 0 ? key : "not aligned", decode(row));
      if (before != null) {
        throw new AssertionError("Twice: " + key);
      }
    }

    return trees;
  }

  @Override
  public void close() {
    catalog.close();
  }

  private Map<String, PartitionVersion> versions(int hoursPerPeriod) throws IOException {
    Map<String, PartitionVersion> versions = new HashMap<>();
    for (FileScanTask task : scan(tables().profiles())) {
      int period = task.file().partition().get(1, Integer.class) / hoursPerPeriod;
      versions.merge(
          task.file().partition().get(0, String.class) + " " + period,
          new PartitionVersion(task.file().dataSequenceNumber(), task.file().recordCount()),
          PartitionVersion::plus);
    }

    return versions;
  }

  private static List<FileScanTask> scan(Table table) throws IOException {
    List<FileScanTask> tasks = new ArrayList<>();
    try (CloseableIterable<FileScanTask> scan = table.newScan().planFiles()) {
      scan.forEach(tasks::add);
    }

    return tasks;
  }

  private DataFile write(List<ProfileTableRow> rows) throws IOException {
    return write(tables().profiles(), new ProfilesLayout(), rows);
  }

  private static <R> DataFile write(Table table, RowLayout<R> layout, List<R> rows)
      throws IOException {
    List<R> sorted = rows.stream().sorted(layout.order()).toList();
    return new LakeFileWriter<>(table, layout, 0)
        .write(layout.tenant(sorted.get(0)), layout.period(sorted.get(0)), sorted)
        .toDataFile(table.spec(), table.sortOrder());
  }

  private static List<String> functions(ProfileTableRow row, long id) {
    Random random = new Random(id + row.serviceName().hashCode());
    List<String> functions = new ArrayList<>();
    for (int depth = random.nextInt(6); depth > 0; depth--) {
      functions.add("f" + random.nextInt(5));
    }

    return functions;
  }

  private static int hour(ProfileTableRow row) {
    return Math.toIntExact(row.timeMicros() / MICROS_PER_HOUR);
  }

  private static String key(String tenant, String type, String service, int period) {
    return String.join(" ", tenant, type, service, "" + period);
  }

  @SuppressWarnings("unchecked")
  private static Tree decode(Record row) {
    Tree tree = new Tree();
    tree.profiles = (long) row.getField("profiles");
    tree.samples = (long) row.getField("samples");
    tree.total = (long) row.getField("total_value");
    tree.covered =
        new PartitionVersion(
            (long) row.getField("covered_sequence"), (long) row.getField("covered_rows"));
    List<String> names = (List<String>) row.getField("names");
    List<Integer> parents = (List<Integer>) row.getField("parents");
    List<Integer> functions = (List<Integer>) row.getField("functions");
    List<Long> self = (List<Long>) row.getField("self");
    List<String> paths = new ArrayList<>();
    long withoutFrames = tree.total;
    for (int i = 0; i < self.size(); i++) {
      String parent = parents.get(i) == 0 ? "" : paths.get(i - parents.get(i));
      paths.add(parent + "/" + names.get(functions.get(i)));
      withoutFrames -= self.get(i);
      tree.nodes.put(paths.get(i), self.get(i));
    }

    tree.nodes.put("", withoutFrames);
    return tree;
  }

  private void add(Tree tree, ProfileTableRow row) {
    tree.profiles++;
    tree.samples += row.stackIds().length;
    for (int i = 0; i < row.stackIds().length; i++) {
      long value = row.values()[i];
      String key =
          String.join(
              " ", row.tenant(), row.serviceName(), "" + hour(row) / 24, "" + row.stackIds()[i]);
      StringBuilder path = new StringBuilder();
      if (value > 0) {
        for (String function : stacks.getOrDefault(key, List.of())) {
          path.append('/').append(function);
          tree.nodes.merge(path.toString(), 0L, Long::sum);
        }

        tree.nodes.merge(path.toString(), value, Long::sum);
        tree.total += value;
      }
    }
  }

  /** What a rewrite does to the sequence number of the rows. */
  enum Sequence {
    /** As Flamelake's compaction. */
    KEPT,
    /** As another engine's. */
    NEW
  }

  /** A row of a roll-up table: every node by its path with its own value, inner ones with 0. */
  static final class Tree {
    final SortedMap<String, Long> nodes = new TreeMap<>(Map.of("", 0L));
    long profiles;
    long samples;
    long total;
    @Nullable PartitionVersion covered;
  }
}
