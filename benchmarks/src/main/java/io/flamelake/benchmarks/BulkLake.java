/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.catalog.LakeTables;
import io.flamelake.flink.sink.LakeFileWriter;
import io.flamelake.flink.sink.ProfileTableRow;
import io.flamelake.flink.sink.ProfilesLayout;
import io.flamelake.flink.sink.RowLayout;
import io.flamelake.flink.sink.SeriesLayout;
import io.flamelake.flink.sink.SeriesTableRow;
import io.flamelake.flink.sink.StackTableRow;
import io.flamelake.flink.sink.StacksLayout;
import io.flamelake.flink.sink.WrittenFile;
import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.model.TenantId;
import io.flamelake.model.normalize.ProfileNormalizer;
import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.testkit.ProfileSynthesizer;
import io.flamelake.testkit.SyntheticProfile;
import it.unimi.dsi.fastutil.longs.LongOpenHashSet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.iceberg.Table;

/**
 * Writes tables at the speed of the cores: as a compaction of closed hours leaves them, or as
 * commits of every minute do. Rows are made by the code of the write path, files by the ingest
 * job's own writer; only the log and the job are left out.
 */
final class BulkLake implements AutoCloseable {
  private static final long MICROS_PER_DAY = TimeUnit.DAYS.toMicros(1);

  private final LakeCatalog catalog;
  private final LakeTables tables;
  private final Map<String, String> strings = new ConcurrentHashMap<>();
  private final AtomicLong samples = new AtomicLong();

  BulkLake(Path storage) {
    this.catalog = LakeCatalog.open(CatalogConfig.embedded(storage));
    this.tables = catalog.tables();
  }

  /**
   * Writes the CPU profiles of one UTC day, every 15 s by every pod.
   *
   * @param hours how many of the day
   * @return the number of samples
   */
  long writeDay(ProfileSynthesizer synthesizer, Instant day, int hours) {
    synthesizer.prepare();
    Map<String, Symbols> symbols = new ConcurrentHashMap<>();
    // An hour is written by one thread, so that as many are in memory as there are cores.
    IntStream.range(0, hours)
        .parallel()
        .forEach(hour -> writeHour(synthesizer, day.plus(Duration.ofHours(hour)), symbols));
    int epochDay = Math.toIntExact(Math.floorDiv(day.getEpochSecond(), 86_400));
    List<StackTableRow> stacks = new ArrayList<>();
    List<SeriesTableRow> series = new ArrayList<>();
    for (Symbols ofService : symbols.values()) {
      stacks.addAll(ofService.stacks);
      series.addAll(ofService.series);
    }

    write(tables.stacks(), new StacksLayout(), epochDay, stacks);
    write(tables.series(), new SeriesLayout(), epochDay, series);
    return samples.get();
  }

  private void writeHour(
      ProfileSynthesizer synthesizer, Instant hour, Map<String, Symbols> symbols) {
    ProfileNormalizer normalizer = new ProfileNormalizer();
    List<ProfileTableRow> rows = new ArrayList<>();
    long steps = Duration.ofHours(1).dividedBy(ProfileSynthesizer.INTERVAL);
    for (int service = 0; service < synthesizer.services(); service++) {
      Symbols ofService =
          symbols.computeIfAbsent(synthesizer.serviceName(service), any -> new Symbols());
      for (int pod = 0; pod < synthesizer.podsPerService(); pod++) {
        int podOfService = pod;
        int ofServiceNumber = service;
        LongStream.range(0, steps)
            .mapToObj(step -> hour.plus(ProfileSynthesizer.INTERVAL.multipliedBy(step)))
            .map(time -> synthesizer.cpuProfile(ofServiceNumber, podOfService, time))
            .flatMap(profile -> normalize(normalizer, profile).stream())
            .forEach(
                row -> {
                  ofService.add(row, strings);
                  rows.add(ProfileTableRow.of(row));
                  samples.addAndGet(row.stackIds().length);
                });
      }
    }

    int epochHour = Math.toIntExact(Math.floorDiv(hour.getEpochSecond(), 3_600));
    write(tables.profiles(), new ProfilesLayout(), epochHour, rows);
  }

  private static List<ProfileRow> normalize(
      ProfileNormalizer normalizer, SyntheticProfile profile) {
    byte[] pprof = profile.pprof();
    return normalizer.normalize(
        TenantId.ANONYMOUS,
        UUID.randomUUID(),
        0,
        profile.labels(),
        PprofDecoder.decode(pprof, 0, pprof.length, PprofLimits.STORED));
  }

  /**
   * Writes all profiles of an hour as a commit each minute would, with the stacks and series that
   * are new in it.
   *
   * @return the number of rows of {@code profiles}
   */
  long writeMinutes(ProfileSynthesizer synthesizer, Instant hour) {
    synthesizer.prepare();
    ProfileNormalizer normalizer = new ProfileNormalizer();
    Symbols known = new Symbols();
    int epochDay = Math.toIntExact(Math.floorDiv(hour.getEpochSecond(), 86_400));
    int epochHour = Math.toIntExact(Math.floorDiv(hour.getEpochSecond(), 3_600));
    long rowCount = 0;
    for (int minute = 0; minute < 60; minute++) {
      Instant from = hour.plus(Duration.ofMinutes(minute));
      List<ProfileTableRow> rows = new ArrayList<>();
      synthesizer.forEach(
          from,
          from.plus(Duration.ofMinutes(1)),
          profile ->
              normalize(normalizer, profile)
                  .forEach(
                      row -> {
                        known.add(row, strings);
                        rows.add(ProfileTableRow.of(row));
                        samples.addAndGet(row.stackIds().length);
                      }));
      rowCount += rows.size();
      write(tables.stacks(), new StacksLayout(), epochDay, known.takeStacks());
      write(tables.series(), new SeriesLayout(), epochDay, known.takeSeries());
      write(tables.profiles(), new ProfilesLayout(), epochHour, rows);
    }

    return rowCount;
  }

  /** Writes only label sets, as many as pods: what label queries read. */
  void writeSeries(ProfileType type, int services, int podsPerService, Instant day) {
    int epochDay = Math.toIntExact(Math.floorDiv(day.getEpochSecond(), 86_400));
    List<SeriesTableRow> rows = new ArrayList<>(services * podsPerService);
    for (int service = 0; service < services; service++) {
      String name = "service-" + service;
      for (int pod = 0; pod < podsPerService; pod++) {
        LabelSet labels =
            LabelSet.of(
                "namespace", "namespace-" + service % 20,
                "node", "node-" + (service * 31 + pod) % 400,
                "pod", name + "-" + Integer.toString(pod * 7919 + service, 36),
                "region", pod % 2 == 0 ? "eu-west-1" : "us-east-1",
                "service_name", name);
        rows.add(
            new SeriesTableRow(
                TenantId.ANONYMOUS.value(), epochDay, labels.id(), type.id(), name, labels));
      }
    }

    write(tables.series(), new SeriesLayout(), epochDay, rows);
  }

  private <R> void write(Table table, RowLayout<R> layout, int period, List<R> rows) {
    if (rows.isEmpty()) {
      return;
    }

    rows.sort(layout.order());
    try {
      LakeFileWriter<R> writer = new LakeFileWriter<>(table, layout, 0);
      WrittenFile file = writer.write(TenantId.ANONYMOUS.value(), period, rows);
      synchronized (table) {
        table.newAppend().appendFile(file.toDataFile(table.spec(), table.sortOrder())).commit();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Table " + table.name(), e);
    }
  }

  @Override
  public void close() {
    catalog.close();
  }

  /** The stacks and series of a service on the day, each once. */
  private static final class Symbols {
    private final LongOpenHashSet stackIds = new LongOpenHashSet();
    private final List<StackTableRow> stacks = new ArrayList<>();
    private final LongOpenHashSet seriesIds = new LongOpenHashSet();
    private final List<SeriesTableRow> series = new ArrayList<>();

    synchronized void add(ProfileRow row, Map<String, String> strings) {
      int day = Math.toIntExact(Math.floorDiv(row.timeMicros(), MICROS_PER_DAY));
      String tenant = row.tenant().value();
      if (seriesIds.add(31 * row.seriesId() + row.type().hashCode())) {
        series.add(
            new SeriesTableRow(
                tenant, day, row.seriesId(), row.type().id(), row.serviceName(), row.labels()));
      }

      for (long id : row.stackIds()) {
        if (stackIds.add(id)) {
          int stack = row.stacks().indexOf(id);
          StackTableRow symbols =
              StackTableRow.of(tenant, day, row.serviceName(), row.stacks(), stack);
          intern(symbols.functions(), strings);
          intern(symbols.files(), strings);
          stacks.add(symbols);
        }
      }
    }

    /** What was added since the last time. */
    List<StackTableRow> takeStacks() {
      List<StackTableRow> taken = new ArrayList<>(stacks);
      stacks.clear();
      return taken;
    }

    List<SeriesTableRow> takeSeries() {
      List<SeriesTableRow> taken = new ArrayList<>(series);
      series.clear();
      return taken;
    }

    private static void intern(String[] names, Map<String, String> strings) {
      for (int i = 0; i < names.length; i++) {
        String name = names[i];
        String known = strings.putIfAbsent(name, name);
        names[i] = known == null ? name : known;
      }
    }
  }
}
