/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import static io.flamelake.benchmarks.ReportTable.format;
import static io.flamelake.benchmarks.ReportTable.header;
import static io.flamelake.benchmarks.ReportTable.median;
import static io.flamelake.benchmarks.ReportTable.row;

import io.flamelake.testkit.ProfileSynthesizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.SortedMap;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;

/**
 * Measures what maintenance does: bytes per profile before and after, its speed, and flame graphs
 * of a day before and after. Maintenance is {@code bin/flamelake maintain}, as users run it.
 */
public final class MaintenanceBenchmark {
  private static final int RUNS = 9;
  private static final String TASKS = "compact,roll-up";

  private final BenchmarkArguments arguments;
  private final Path dir;
  private final Instant day = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(1, ChronoUnit.DAYS);

  private MaintenanceBenchmark(BenchmarkArguments arguments, Path dir) {
    this.arguments = arguments;
    this.dir = dir;
  }

  /**
   * @param args {@code --only=bytes} for the hour of all profile types alone, {@code --only=day}
   *     for the day of CPU profiles alone; {@code --hours}, {@code --services}, {@code --pods} (per
   *     service) of that day
   */
  public static void main(String[] args) throws Exception {
    BenchmarkArguments arguments =
        BenchmarkArguments.parse(args, "only", "hours", "services", "pods");
    Path dir = Files.createTempDirectory("flamelake-benchmark");
    try {
      MaintenanceBenchmark benchmark = new MaintenanceBenchmark(arguments, dir);
      String only = arguments.value("only", "all");
      if (!only.equals("day")) {
        benchmark.measureBytes();
      }

      if (!only.equals("bytes")) {
        benchmark.measureDay();
      }
    } finally {
      StorageFiles.delete(dir);
    }
  }

  /** The workload of a fleet: 20 services of 10 pods, four profile types, one hour. */
  private void measureBytes() throws Exception {
    Path storage = dir.resolve("hour");
    long profiles;
    try (BulkLake lake = new BulkLake(storage)) {
      profiles =
          lake.writeMinutes(
              ProfileSynthesizer.builder().services(20).podsPerService(10).build(), day);
    }

    SortedMap<String, Long> before = StorageFiles.tableBytes(storage);
    MaintenanceProcess maintenance = MaintenanceProcess.run(storage, TASKS);
    SortedMap<String, Long> after = StorageFiles.tableBytes(storage);
    System.out.printf("%,d profiles of one hour, committed every minute%n%n", profiles);
    header("bytes per profile", "committed", "after maintenance");
    for (String table : after.keySet()) {
      bytesRow(table, before.getOrDefault(table, 0L), after.getOrDefault(table, 0L), profiles);
    }

    bytesRow("all tables", sum(before), sum(after), profiles);
    StackMajorHour byStack = StackMajorHour.measure(storage, dir);
    row(
        "samples, as they are and in order of stacks",
        format("%.1f", (double) byStack.profileMajorBytes() / profiles),
        format("%.1f", (double) byStack.stackMajorBytes() / profiles));
    System.out.println();
    report(maintenance, sum(before));
  }

  private void measureDay() throws Exception {
    int hours = arguments.number("hours", 24);
    int services = arguments.number("services", 12);
    int pods = arguments.number("pods", 8);
    Path storage = dir.resolve("day");
    ProfileSynthesizer synthesizer =
        ProfileSynthesizer.builder().services(services).podsPerService(pods).build();
    long samples;
    try (BulkLake lake = new BulkLake(storage)) {
      samples = lake.writeDay(synthesizer, day, hours);
    }

    System.out.printf(
        "%d services x %d pods x 15 s, %d h of CPU profiles: %.1f M samples%n%n",
        services, pods, hours, samples / 1e6);
    header("flame graph", "read from", "first", "median of " + RUNS);
    measureFlameGraphs("profiles", storage, synthesizer, hours);
    long bytes = sum(StorageFiles.tableBytes(storage));
    MaintenanceProcess maintenance = MaintenanceProcess.run(storage, TASKS);
    measureFlameGraphs("roll-ups", storage, synthesizer, hours);
    System.out.println();
    report(maintenance, bytes);
  }

  private void measureFlameGraphs(
      String from, Path storage, ProfileSynthesizer synthesizer, int hours)
      throws IOException, InterruptedException {
    String service = "{service_name=\"" + synthesizer.serviceName(0) + "\"}";
    Instant end = day.plus(Duration.ofHours(hours));
    Duration edge = Duration.ofMinutes(30);
    try (QueryServer server = QueryServer.start(QueryEngine.LAKE, storage, "-target=querier")) {
      QuerierClient client = server.client();
      measure("one service, " + hours + " h", from, () -> client.flameGraph(service, day, end));
      measure(
          "one service, from 00:30 to half an hour before the end",
          from,
          () -> client.flameGraph(service, day.plus(edge), end.minus(edge)));
      measure("all services, " + hours + " h", from, () -> client.flameGraph("{}", day, end));
      measure(
          "all services, from 00:30 to half an hour before the end",
          from,
          () -> client.flameGraph("{}", day.plus(edge), end.minus(edge)));
    }
  }

  private static void measure(String what, String from, DoubleSupplier query) {
    double first = query.getAsDouble();
    double[] runs = Stream.generate(query::getAsDouble).limit(RUNS).mapToDouble(d -> d).toArray();
    row(what, from, format("%.0f ms", first), format("%.1f ms", median(runs)));
  }

  private static void report(MaintenanceProcess maintenance, long bytesIn) {
    System.out.printf(
        "Maintenance (%s): %.0f s, %.0f s of CPU, %.1f MB of data files per s of CPU, peak resident"
            + " memory %d MiB%n%s%n",
        TASKS,
        maintenance.wall().toMillis() / 1e3,
        maintenance.cpuSeconds(),
        bytesIn / 1e6 / maintenance.cpuSeconds(),
        maintenance.peakResidentMiB(),
        maintenance.output());
  }

  private static void bytesRow(String table, long before, long after, long profiles) {
    row(
        table,
        format("%.1f", (double) before / profiles),
        format("%.1f", (double) after / profiles));
  }

  private static long sum(SortedMap<String, Long> bytes) {
    return bytes.values().stream().mapToLong(Long::longValue).sum();
  }
}
