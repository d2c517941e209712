/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import static io.flamelake.benchmarks.ReportTable.format;
import static io.flamelake.benchmarks.ReportTable.header;
import static io.flamelake.benchmarks.ReportTable.median;
import static io.flamelake.benchmarks.ReportTable.row;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.flamelake.testkit.ProfileSynthesizer;
import io.flamelake.testkit.TrinoServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;

/**
 * Measures queries over many series and over a whole day, on each engine, and the question for the
 * top functions in SQL. The tables are written by {@link BulkLake}, which is much faster than to
 * push profiles.
 */
public final class QueryBenchmark {
  private static final int RUNS = 7;
  private static final String ALL = "{}";
  private static final int SERIES_PER_SERVICE = 100;

  private final List<QueryEngine> engines;
  private final int hours;
  private final int services;
  private final int pods;
  private final int series;
  private final boolean onlySql;
  private final Path dir;
  private final Instant day = Instant.now().truncatedTo(ChronoUnit.DAYS).minus(1, ChronoUnit.DAYS);

  private QueryBenchmark(BenchmarkArguments arguments, Path dir) {
    this.engines = QueryEngine.parse(arguments.value("engine", "both"));
    this.hours = arguments.number("hours", 24);
    this.services = arguments.number("services", 12);
    this.pods = arguments.number("pods", 8);
    this.series = arguments.number("series", 50_000);
    this.onlySql = arguments.value("only", "").equals("sql");
    this.dir = dir;
  }

  /**
   * @param args {@code --engine=lake|trino|both}, {@code --hours}, {@code --services}, {@code
   *     --pods} (per service) of the day's profiles, {@code --series} of the label queries, and
   *     {@code --only=sql} for the question in SQL alone
   */
  public static void main(String[] args) throws Exception {
    BenchmarkArguments arguments =
        BenchmarkArguments.parse(args, "engine", "hours", "services", "pods", "series", "only");
    Path dir = Files.createTempDirectory("flamelake-benchmark");
    try {
      new QueryBenchmark(arguments, dir).run();
    } finally {
      StorageFiles.delete(dir);
    }
  }

  private void run() throws Exception {
    Path labels = dir.resolve("labels");
    int servicesOfSeries = Math.max(1, series / SERIES_PER_SERVICE);
    try (BulkLake lake = new BulkLake(labels)) {
      lake.writeSeries(ProfileSynthesizer.CPU, servicesOfSeries, SERIES_PER_SERVICE, day);
    }

    Path profiles = dir.resolve("profiles");
    long start = System.nanoTime();
    long samples;
    try (BulkLake lake = new BulkLake(profiles)) {
      samples =
          lake.writeDay(
              ProfileSynthesizer.builder().services(services).podsPerService(pods).build(),
              day,
              hours);
    }

    System.out.printf(
        "%d services x %d pods x 15 s, %d h of CPU profiles: %.2f M samples, %.0f MB of Parquet,"
            + " written in %.0f s; %d cores, JDK %s%n%n",
        services,
        pods,
        hours,
        samples / 1e6,
        StorageFiles.dataBytes(profiles) / 1e6,
        (System.nanoTime() - start) / 1e9,
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.version"));
    header("measure", "engine", "first", "median of " + RUNS, "target");
    if (!onlySql) {
      for (QueryEngine engine : engines) {
        measureLabels(engine, labels, servicesOfSeries);
        measureDay(engine, profiles);
      }
    }

    if (onlySql || engines.contains(QueryEngine.TRINO)) {
      measureSql(profiles, samples);
    }
  }

  private void measureLabels(QueryEngine engine, Path storage, int servicesOfSeries)
      throws Exception {
    String over = " over " + servicesOfSeries * SERIES_PER_SERVICE + " series";
    int allSeries = servicesOfSeries * SERIES_PER_SERVICE;
    Instant end = day.plus(Duration.ofDays(1));
    try (QueryServer server = QueryServer.start(engine, storage, "-target=querier")) {
      QuerierClient client = server.client();
      measure(
          "values of `service_name`" + over,
          engine,
          () -> client.labelValues("service_name", servicesOfSeries, day, end));
      measure(
          "values of `pod`" + over, engine, () -> client.labelValues("pod", allSeries, day, end));
      measure(
          "services and profile types (start page)" + over,
          engine,
          () -> client.services(servicesOfSeries, day, end));
      memory("peak resident memory of the querier, labels", engine, server.peakResidentMiB());
    }
  }

  private void measureDay(QueryEngine engine, Path storage) throws Exception {
    Instant end = day.plus(Duration.ofHours(hours));
    try (QueryServer server = QueryServer.start(engine, storage, "-target=querier")) {
      QuerierClient client = server.client();
      measure(
          "flame graph of all services, " + hours + " h",
          engine,
          () -> client.flameGraph(ALL, day, end));
      memory("peak resident memory of the querier, day", engine, server.peakResidentMiB());
    }
  }

  /** The question for the top functions as it is in {@code sql}, for this day. */
  private void measureSql(Path storage, long samples) throws Exception {
    try (TrinoServer trino = QueryServer.startTrino(storage);
        Connection connection = trino.connect("flamelake", "flamelake");
        Statement statement = connection.createStatement()) {
      for (String view : List.of("00_schema.sql", "01_stacks.sql")) {
        statement.execute(statement(Path.of("sql", "views", view)));
      }

      String question = statement(Path.of("sql", "questions", "01_top_functions_by_self.sql"));
      String ofDay =
          replace(
              replace(question, "current_timestamp - INTERVAL '1' HOUR", literal(day)),
              "current_timestamp AS to_ts",
              literal(day.plus(Duration.ofHours(hours))) + " AS to_ts");
      measure(
          format("top 20 functions in SQL over %.1f M samples", samples / 1e6),
          QueryEngine.TRINO,
          () -> ReportTable.timed(() -> expectRows(statement, ofDay)),
          "5 s");
      memory("peak resident memory of Trino", QueryEngine.TRINO, peakResidentMiB(trino));
    }
  }

  private static void expectRows(Statement statement, String query) {
    try (ResultSet rows = statement.executeQuery(query)) {
      int count = 0;
      while (rows.next()) {
        count++;
      }

      if (count != 20) {
        throw new IllegalStateException("Rows: " + count + " (expected: 20)");
      }
    } catch (SQLException e) {
      throw new IllegalStateException(query, e);
    }
  }

  private static String statement(Path file) throws IOException {
    return Files.readString(file, UTF_8).strip().replaceFirst(";$", "");
  }

  private static String literal(Instant time) {
    return "TIMESTAMP '" + time.toString().replace('T', ' ').replace("Z", " UTC") + "'";
  }

  private static String replace(String query, String target, String replacement) {
    if (!query.contains(target)) {
      throw new IllegalStateException("No " + target + " in " + query);
    }

    return query.replace(target, replacement);
  }

  private static long peakResidentMiB(TrinoServer trino) throws IOException {
    return ServerProcess.peakResidentMiB(trino.pid());
  }

  private static void measure(String what, QueryEngine engine, DoubleSupplier query) {
    measure(what, engine, query, "");
  }

  private static void measure(
      String what, QueryEngine engine, DoubleSupplier query, String target) {
    double first = query.getAsDouble();
    double[] runs = Stream.generate(query::getAsDouble).limit(RUNS).mapToDouble(d -> d).toArray();
    row(
        what,
        engine.configName(),
        format("%.0f ms", first),
        format("%.0f ms", median(runs)),
        target);
  }

  private static void memory(String what, QueryEngine engine, long mebibytes) {
    row(what, engine.configName(), format("%d MiB", mebibytes), "", "");
  }
}
