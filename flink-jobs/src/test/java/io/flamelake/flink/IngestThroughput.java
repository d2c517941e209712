/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink;

import com.sun.management.OperatingSystemMXBean;
import io.flamelake.catalog.LakeCatalog;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.segment.Lane;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.SegmentWriter;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures how fast the job commits segments that are there when it starts, on local disk with a
 * parallelism of one. Run {@link #main} by hand, with a directory and a number of rounds.
 *
 * <p>Load: services with a heavy-tailed set of stacks of their own, 190 samples a profile. The
 * first round is the warm-up and has all new stacks.
 */
final class IngestThroughput {

  private static final Logger LOG = LoggerFactory.getLogger(IngestThroughput.class);

  private static final int SERVICES = 20;
  private static final int PROFILES_PER_SEGMENT = 100;
  private static final int SEGMENTS_PER_ROUND = 8;
  private static final int SAMPLES = 190;
  private static final int STACKS = 4_000;
  private static final int FUNCTIONS = 2_500;
  private static final int MIN_DEPTH = 8;
  private static final int DEPTH_RANGE = 40;
  private static final double BYTES_PER_MB = 1e6;

  private final SplittableRandom random = new SplittableRandom(3);
  private final int[][][] stacks = new int[SERVICES][STACKS][];

  private IngestThroughput() {
    for (int[][] service : stacks) {
      for (int i = 0; i < STACKS; i++) {
        service[i] = random.ints(MIN_DEPTH + random.nextInt(DEPTH_RANGE), 0, FUNCTIONS).toArray();
      }
    }
  }

  public static void main(String[] args) throws Exception {
    Path directory = Files.createTempDirectory(Path.of(args[0]), "ingest-throughput");
    new IngestThroughput().run(directory, Integer.parseInt(args[1]));
  }

  private void run(Path directory, int rounds) throws Exception {
    long start = System.nanoTime();
    try (TestLake lake = new TestLake(directory);
        EmbeddedFlink flink = EmbeddedFlink.start(lake.stateDirectory(), 1)) {
      LOG.info("Cluster started in {} ms", millisSince(start));
      JobHandle job = flink.submit(lake.config().checkpointInterval(Duration.ofSeconds(5)).build());
      job.awaitRunning(Duration.ofMinutes(1));
      LOG.info("Job running in {} ms", millisSince(start));
      for (int round = 0; round < rounds; round++) {
        measure(lake, round);
      }

      try (LakeCatalog catalog = LakeCatalog.open(lake.catalogConfig())) {
        LOG.info("{}", catalog.tables().profiles().currentSnapshot().summary());
      }
    }
  }

  private void measure(TestLake lake, int round) throws IOException {
    Path staging = Files.createTempDirectory("staging");
    long bytes = 0;
    try (TestLake staged = new TestLake(staging)) {
      Lane lane = staged.openLane();
      for (int i = 0; i < SEGMENTS_PER_ROUND; i++) {
        SegmentWriter writer = new SegmentWriter();
        for (int p = 0; p < PROFILES_PER_SEGMENT; p++) {
          SegmentRecord record = profile(random.nextInt(SERVICES));
          bytes += record.payloadLength();
          writer.add(new TenantId("tenant-" + p % 2), record);
        }

        lane.append(writer.finish());
      }

      OperatingSystemMXBean system =
          (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
      Path from = staged.lanesDirectory().resolve(lane.id().value());
      Path lanes = Files.createDirectories(lake.lanesDirectory());
      long cpu = system.getProcessCpuTime();
      long start = System.nanoTime();
      Files.move(from, lanes.resolve(lane.id().value()));
      lake.awaitCommitted(Duration.ofMinutes(5), lane.id());
      double seconds = (System.nanoTime() - start) / 1e9;
      double cpuSeconds = (system.getProcessCpuTime() - cpu) / 1e9;
      LOG.info(
          String.format(
              Locale.ROOT,
              "Round %d: %.1f MB in %d profiles, %.1f s, %.1f MB/s; CPU %.1f s, %.1f MB/s per core",
              round,
              bytes / BYTES_PER_MB,
              SEGMENTS_PER_ROUND * PROFILES_PER_SEGMENT,
              seconds,
              bytes / BYTES_PER_MB / seconds,
              cpuSeconds,
              bytes / BYTES_PER_MB / cpuSeconds));
    }
  }

  private SegmentRecord profile(int service) {
    long now = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis());
    PprofBuilder pprof =
        new PprofBuilder()
            .addSampleType("samples", "count")
            .addSampleType("cpu", "nanoseconds")
            .periodType("cpu", "nanoseconds")
            .period(10_000_000)
            .timeNanos(now)
            .durationNanos(TimeUnit.SECONDS.toNanos(15));
    for (int i = 0; i < SAMPLES; i++) {
      double tail = random.nextDouble();
      int[] functions = stacks[service][(int) (STACKS * tail * tail * tail)];
      int[] locations = new int[functions.length];
      for (int frame = 0; frame < functions.length; frame++) {
        int function = functions[frame];
        locations[frame] =
            pprof.location(
                "github.com/example/service" + service + "/internal/package.Function" + function,
                "/go/src/github.com/example/service/internal/file" + function % 100 + ".go",
                function % 500);
      }

      long count = 1L + random.nextInt(20);
      pprof.addSample(locations, LabelSet.EMPTY, count, count * 10_000_000);
    }

    return SegmentRecord.builder()
        .clientId(new UUID(random.nextLong(), random.nextLong()))
        .receiveTimeNanos(now)
        .labels(
            LabelSet.of(
                "__name__",
                "process_cpu",
                "service_name",
                "service-" + service,
                "pod",
                "pod-" + random.nextInt(10)))
        .payload(pprof.toByteArray())
        .build();
  }

  private static long millisSince(long startNanos) {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startNanos);
  }
}
