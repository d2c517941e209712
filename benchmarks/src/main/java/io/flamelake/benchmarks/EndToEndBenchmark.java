/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import static io.flamelake.benchmarks.ReportTable.format;
import static io.flamelake.benchmarks.ReportTable.header;
import static io.flamelake.benchmarks.ReportTable.median;
import static io.flamelake.benchmarks.ReportTable.row;

import io.flamelake.testkit.Ledger;
import io.flamelake.testkit.LoadGenerator;
import io.flamelake.testkit.ProfileSynthesizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures what a user sees, on the machine it runs on, and prints one table. Servers run in
 * processes of their own; "per core" is bytes by the server's own CPU time, so that the load
 * generator on the same cores does not count.
 *
 * <p>The load is an hour of synthetic profiles: services × 10 pods × 4 profile types, every 15 s.
 */
public final class EndToEndBenchmark {
  private static final int PODS = 10;
  private static final int CONCURRENT_PUSHES = 32;
  private static final int RUNS = 25;
  private static final double MEGABYTE = 1e6;
  private static final String[] BACKFILL = {"-gateway.limits.reject-older-than=0s"};

  private final int services;
  private final Instant from;
  private final Instant to;
  private final Path dir;
  private final ProfileSynthesizer synthesizer;

  private EndToEndBenchmark(int services, Instant from, Instant to, Path dir) {
    this.services = services;
    this.from = from;
    this.to = to;
    this.dir = dir;
    this.synthesizer = ProfileSynthesizer.builder().services(services).podsPerService(PODS).build();
  }

  /**
   * @param args the number of services (default 4) and of minutes (default 60); {@code
   *     --engine=lake|trino|both} for the queries (default lake), {@code --only=queries} to leave
   *     out the rest
   */
  public static void main(String[] args) throws Exception {
    BenchmarkArguments arguments = BenchmarkArguments.parse(args, "engine", "only");
    int services = arguments.number(0, 4);
    int minutes = arguments.number(1, 60);
    List<QueryEngine> engines = QueryEngine.parse(arguments.value("engine", "lake"));
    boolean onlyQueries = arguments.value("only", "").equals("queries");
    Instant to = Instant.now().truncatedTo(ChronoUnit.HOURS);
    Path dir = Files.createTempDirectory("flamelake-benchmark");
    try {
      new EndToEndBenchmark(services, to.minus(Duration.ofMinutes(minutes)), to, dir)
          .run(engines, onlyQueries);
    } finally {
      StorageFiles.delete(dir);
    }
  }

  private void run(List<QueryEngine> engines, boolean onlyQueries) throws Exception {
    System.out.printf(
        "%d services x %d pods x 4 types x 15 s, %s, %d cores, JDK %s%n%n",
        services,
        PODS,
        Duration.between(from, to),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("java.version"));
    header("measure", "value", "target");
    if (!onlyQueries) {
      measureStart();
      measureGateway();
    }

    Path lake = dir.resolve("lake");
    measureCommit(lake);
    for (QueryEngine engine : engines) {
      measureQueries(lake, engine);
    }

    if (!onlyQueries) {
      measureHotTail();
    }
  }

  private void measureStart() throws Exception {
    double[] seconds = new double[3];
    for (int i = 0; i < seconds.length; i++) {
      try (ServerProcess server = ServerProcess.start(dir.resolve("start-" + i))) {
        seconds[i] = server.startTime().toMillis() / 1e3;
      }
    }

    row("`/ready` after start, median of 3", format("%.1f s", median(seconds)), "8 s");
  }

  private void measureGateway() throws Exception {
    try (ServerProcess server =
        ServerProcess.start(dir.resolve("gateway"), Arguments.join(BACKFILL, "-target=gateway"))) {
      Instant warm = from.plus(Duration.between(from, to).dividedBy(4));
      push(server, from, warm);
      double cpu = server.cpuSeconds();
      long start = System.nanoTime();
      Pushed pushed = push(server, warm, to);
      double wall = (System.nanoTime() - start) / 1e9;
      double used = server.cpuSeconds() - cpu;
      row(
          "gateway, until ack, per core",
          format("%.0f MB/s", pushed.bytes / MEGABYTE / used),
          "20 MB/s");
      row(
          "the same by the clock, load generator on the same cores",
          format("%.0f MB/s, %.0f profiles/s", pushed.bytes / MEGABYTE / wall, pushed.count / wall),
          "");
    }
  }

  private void measureCommit(Path lake) throws Exception {
    try (ServerProcess server = ServerProcess.start(lake, BACKFILL)) {
      double cpu = server.cpuSeconds();
      long start = System.nanoTime();
      Pushed pushed = push(server, from, to);
      CommittedRows.await(lake, pushed.rows);
      double wall = (System.nanoTime() - start) / 1e9;
      double used = server.cpuSeconds() - cpu;
      row(
          "push to committed, per core",
          format("%.1f MB/s", pushed.bytes / MEGABYTE / used),
          "8 MB/s");
      row(
          "the same by the clock",
          format("%.1f MB/s, %d rows", pushed.bytes / MEGABYTE / wall, pushed.rows),
          "");
      row(
          "peak resident memory while loading",
          format("%d MiB", server.peakResidentMiB()),
          "1.2 GB");
      row(
          "data files, per row of `profiles`",
          format("%.0f bytes", (double) StorageFiles.dataBytes(lake) / pushed.rows),
          "");
    }
  }

  private void measureQueries(Path lake, QueryEngine engine) throws Exception {
    String with = " (" + engine.configName() + ")";
    try (QueryServer server = QueryServer.start(engine, lake, BACKFILL)) {
      QuerierClient client = server.client();
      row(
          "first flame graph of a process, 1 service × 1 h" + with,
          format("%.0f ms", flameGraph(client, 0)),
          "");
      // The code is warm then, the caches know nothing of the other services.
      for (int i = 0; i < RUNS; i++) {
        flameGraph(client, 0);
        series(client, 0);
      }

      double[] cold = new double[services - 1];
      for (int service = 1; service < services; service++) {
        cold[service - 1] = flameGraph(client, service);
      }

      row(
          "flame graph, 1 service × 1 h, cold caches, median of services" + with,
          format("%.0f ms", median(cold)),
          "100 ms");
      double[] warm = new double[RUNS];
      double[] series = new double[RUNS];
      for (int i = 0; i < RUNS; i++) {
        warm[i] = flameGraph(client, 1);
        series[i] = series(client, 1);
      }

      row(
          "flame graph, 1 service × 1 h, warm, median of " + RUNS + with,
          format("%.1f ms", median(warm)),
          "30 ms");
      row(
          "series by pod, 1 service × 1 h, warm, median of " + RUNS + with,
          format("%.1f ms", median(series)),
          "30 ms");
    }
  }

  private void measureHotTail() throws Exception {
    Path storage = dir.resolve("tail");
    try (ServerProcess server = ServerProcess.start(storage, BACKFILL);
        Ledger ledger = Ledger.open(dir.resolve("ledger"));
        LoadGenerator load =
            LoadGenerator.builder(server.uri("/"), ledger)
                .tenants(0)
                .synthesizer(synthesizer)
                .profilesPerSecond(200)
                .build()) {
      CompletableFuture<Void> running =
          CompletableFuture.runAsync(
              () -> {
                try {
                  load.run(Duration.ofMinutes(10));
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      TimeUnit.SECONDS.sleep(30);
      double[] withTail = recentFlameGraphs(server);
      row(
          "peak resident memory at 200 profiles/s",
          format("%d MiB", server.peakResidentMiB()),
          "1.2 GB");
      load.stop();
      running.join();
      // Two checkpoints later nothing is in the tail any more.
      TimeUnit.SECONDS.sleep(15);
      double[] committed = recentFlameGraphs(server);
      row(
          "flame graph at 200 profiles/s, with hot tail, median of " + RUNS,
          format("%.1f ms", median(withTail)),
          "");
      row("the same at rest, all committed", format("%.1f ms", median(committed)), "");
      row(
          "what the hot tail (and the load) adds",
          format("%.1f ms", median(withTail) - median(committed)),
          "50 ms");
    }
  }

  private double[] recentFlameGraphs(ServerProcess server) throws InterruptedException {
    QuerierClient client = new QuerierClient(server);
    double[] millis = new double[RUNS];
    for (int i = 0; i < RUNS; i++) {
      Instant now = Instant.now();
      millis[i] = flameGraph(client, 1, now.minus(Duration.ofHours(1)), now.plusSeconds(1));
      TimeUnit.MILLISECONDS.sleep(300);
    }

    return millis;
  }

  private double flameGraph(QuerierClient client, int service) {
    return flameGraph(client, service, from, to);
  }

  private double flameGraph(QuerierClient client, int service, Instant start, Instant end) {
    return client.flameGraph(selector(service), start, end);
  }

  private double series(QuerierClient client, int service) {
    return client.series(selector(service), from, to);
  }

  private String selector(int service) {
    return "{service_name=\"" + synthesizer.serviceName(service) + "\"}";
  }

  private record Pushed(long bytes, long count, long rows) {}

  /** Pushes the profiles of a time range, one a request, and waits for the acknowledgements. */
  private Pushed push(ServerProcess server, Instant start, Instant end)
      throws InterruptedException {
    UploadClient client = new UploadClient(server.uri("/"), CONCURRENT_PUSHES);
    AtomicLong bytes = new AtomicLong();
    AtomicLong count = new AtomicLong();
    AtomicLong rows = new AtomicLong();
    synthesizer.forEach(
        start,
        end,
        profile -> {
          bytes.addAndGet(profile.pprof().length);
          count.incrementAndGet();
          rows.addAndGet(profile.totals().size());
          client.send(PprofUploads.connect(profile));
        });
    client.await();
    return new Pushed(bytes.get(), count.get(), rows.get());
  }
}
