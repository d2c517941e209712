/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flamelake.proto.querier.v1.HeatmapQueryType;
import io.flamelake.proto.querier.v1.SelectHeatmapRequest;
import io.flamelake.proto.querier.v1.SelectHeatmapResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A query under ingest, commits and restarts counts every profile that was acknowledged before it,
 * and none twice. Profiles move from the segment log into the tables all the time, so an answer
 * that joins the two at different moments would be seen.
 */
class FreshnessUnderIngestITCase {
  private static final Logger LOG = LoggerFactory.getLogger(FreshnessUnderIngestITCase.class);
  private static final String SERVICE = "counted";
  private static final Duration SHORTEST_LIFE = Duration.ofSeconds(5);
  private static final int COMMITS = 2;

  @ParameterizedTest
  @EnumSource(QueryEngine.class)
  void neverMissesAProfileNorCountsOneTwice(QueryEngine engine, @TempDir Path dir)
      throws Exception {
    try (EngineUnderTest tested =
            EngineUnderTest.start(engine, dir.resolve("data"), "-ingester.checkpoint-interval=1s");
        UnitWriter writer = new UnitWriter(new FlamelakeClient(tested.server(), null), SERVICE)) {
      FlamelakeProcess server = tested.server();
      AtomicInteger disturbances = new AtomicInteger();
      List<BoundedReader> readers = readers(server, writer, disturbances);
      List<Thread> threads = readers.stream().map(Thread::new).toList();
      writer.start();
      threads.forEach(Thread::start);

      awaitCommits(server);
      disturbances.incrementAndGet();
      server.terminate();
      server.restart();
      disturbances.incrementAndGet();

      awaitCommits(server);
      disturbances.incrementAndGet();
      server.kill();
      server.restart();
      disturbances.incrementAndGet();

      awaitCommits(server);
      writer.stop();
      readers.forEach(BoundedReader::stop);
      for (Thread thread : threads) {
        thread.join();
      }

      LOG.info(
          "{}: {} profiles, {} requests repeated, answers {}",
          engine,
          writer.acknowledged(),
          writer.repeated(),
          readers.stream().map(reader -> reader.name() + " " + reader.answers()).toList());
      for (BoundedReader reader : readers) {
        assertThat(reader.faults()).isEmpty();
        assertThat(reader.answers()).as(reader.name()).isGreaterThan(3);
      }

      expectAllCommitted(server, writer);
    }
  }

  /** Lets the server live for a while in which profiles move into the tables. */
  private static void awaitCommits(FlamelakeProcess server) throws InterruptedException {
    try (OpenTables tables = OpenTables.of(server.storage())) {
      long before = commits(tables);
      TimeUnit.MILLISECONDS.sleep(SHORTEST_LIFE.toMillis());
      await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofMillis(500))
          .until(() -> commits(tables) >= before + COMMITS);
    }
  }

  private static long commits(OpenTables tables) {
    return StreamSupport.stream(tables.profilesTable().snapshots().spliterator(), false).count();
  }

  private static List<BoundedReader> readers(
      FlamelakeProcess server, UnitWriter writer, AtomicInteger disturbances) {
    FlamelakeClient client = new FlamelakeClient(server, null);
    return List.of(
        new BoundedReader(
            "flame graph",
            client,
            asked -> CpuTotals.ofFlameGraph(asked, SERVICE),
            writer,
            disturbances),
        new BoundedReader(
            "series",
            client,
            asked -> (long) CpuTotals.ofSeries(asked, SERVICE),
            writer,
            disturbances),
        new BoundedReader(
            "heatmap",
            client,
            FreshnessUnderIngestITCase::profilesInHeatmap,
            writer,
            disturbances));
  }

  private static long profilesInHeatmap(FlamelakeClient client) {
    return client
        .call(
            CpuQueries.QUERIER + "SelectHeatmap",
            SelectHeatmapRequest.newBuilder()
                .setProfileTypeID(CpuQueries.CPU)
                .setLabelSelector(CpuQueries.ofService(SERVICE))
                .setStart(CpuQueries.rangeStart())
                .setEnd(CpuQueries.rangeEnd())
                .setStep(60)
                .setQueryType(HeatmapQueryType.HEATMAP_QUERY_TYPE_INDIVIDUAL)
                .build(),
            SelectHeatmapResponse.getDefaultInstance())
        .getSeriesList()
        .stream()
        .flatMap(series -> series.getSlotsList().stream())
        .flatMap(slot -> slot.getCountsList().stream())
        .mapToLong(Integer::longValue)
        .sum();
  }

  /** What was asked of the log and the tables is then asked of the tables alone. */
  private static void expectAllCommitted(FlamelakeProcess server, UnitWriter writer) {
    long expected = writer.acknowledged();
    FlamelakeClient client = new FlamelakeClient(server, null);
    assertThat(CpuTotals.ofFlameGraph(client, SERVICE)).isEqualTo(expected);
    try (OpenTables tables = OpenTables.of(server.storage())) {
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(500))
          .untilAsserted(() -> assertThat(tables.profiles()).hasSize((int) expected));
    }

    assertThat(CpuTotals.ofFlameGraph(client, SERVICE)).isEqualTo(expected);
    assertThat(CpuTotals.ofSeries(client, SERVICE)).isEqualTo(expected);
    assertThat(profilesInHeatmap(client)).isEqualTo(expected);
  }
}
