/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.PushResponse;
import io.flamelake.testkit.TestProfiles;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.iceberg.data.Record;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * F21 and F22 of the fault list: what is sent again counts once, what only looks the same counts
 * each time.
 */
class DuplicateAndTwinProfilesITCase {
  private static final long TINY_TOTAL = 60;

  @TempDir private Path dir;
  private FlamelakeProcess server;
  private FlamelakeClient client;

  @BeforeEach
  void start() {
    server = FlamelakeProcess.start(dir.resolve("data"), "-ingester.checkpoint-interval=1s");
    client = new FlamelakeClient(server, null);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void countsWhatIsSentAgainOnce() {
    byte[] pprof = TestProfiles.tinyCpu(Instant.now());
    PushRequest request =
        PushRequests.of(
            PushRequests.cpu(
                "again", PushRequests.sample("5b9a5ba2-56f4-4b3c-8e9c-0c7d5f0f4a11", pprof)));
    push(request, 5);
    expectTotal("again", TINY_TOTAL, "right after the acks");

    awaitRows("again", 1);
    push(request, 3);
    expectTotal("again", TINY_TOTAL, "sent again after its commit");
    awaitCommitOfAllBefore("again-marker-1");
    expectTotal("again", TINY_TOTAL, "when the late ones are committed too");

    server.kill();
    server.restart();
    expectTotal("again", TINY_TOTAL, "after kill -9");
    push(request, 1);
    expectTotal("again", TINY_TOTAL, "sent again after kill -9");
    awaitCommitOfAllBefore("again-marker-2");
    expectTotal("again", TINY_TOTAL, "at the end");
    assertThat(rows("again")).hasSize(1);
  }

  @Test
  void countsTwinsEachForItself() {
    Instant time = Instant.now();
    PushRequest request =
        PushRequests.of(
            PushRequests.cpu("twins", PushRequests.sample(oneStack(time, "read", 1))),
            PushRequests.cpu("twins", PushRequests.sample(oneStack(time, "write", 20))),
            PushRequests.cpu(
                "twins",
                PushRequests.sample(UUID.randomUUID().toString(), oneStack(time, "sync", 300))));
    push(request, 1);
    expectTotal("twins", 321, "before the commit");

    awaitRows("twins", 3);
    expectTotal("twins", 321, "after the commit");
    assertThat(rows("twins"))
        .extracting(row -> row.getField("total_value"))
        .containsExactlyInAnyOrder(1L, 20L, 300L);
  }

  private static byte[] oneStack(Instant time, String leaf, long value) {
    return new PprofBuilder()
        .addSampleType("cpu", "nanoseconds")
        .periodType("cpu", "nanoseconds")
        .timeNanos(TimeUnit.MILLISECONDS.toNanos(time.toEpochMilli()))
        .addSample(List.of(leaf, "main"), value)
        .toByteArray();
  }

  private void push(PushRequest request, int times) {
    for (int i = 0; i < times; i++) {
      client.call(PushRequests.METHOD, request, PushResponse.getDefaultInstance());
    }
  }

  private void expectTotal(String service, long total, String when) {
    assertThat(CpuTotals.ofFlameGraph(client, service)).as("flame graph " + when).isEqualTo(total);
    assertThat(CpuTotals.ofSeries(client, service)).as("series " + when).isEqualTo(total);
  }

  /** A lane is committed in order: with the marker, all that was pushed before it is. */
  private void awaitCommitOfAllBefore(String marker) {
    byte[] pprof = TestProfiles.tinyCpu(Instant.now());
    push(PushRequests.of(PushRequests.cpu(marker, PushRequests.sample(pprof))), 1);
    awaitRows(marker, 1);
  }

  private void awaitRows(String service, int count) {
    await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(200))
        .until(() -> rows(service).size() >= count);
  }

  private List<Record> rows(String service) {
    try (OpenTables tables = OpenTables.of(server.storage())) {
      return tables.profiles().stream()
          .filter(row -> row.getField("service_name").equals(service))
          .toList();
    }
  }
}
