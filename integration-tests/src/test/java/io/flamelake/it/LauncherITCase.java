/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flamelake.proto.querier.v1.SelectMergeStacktracesRequest;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.store.LocalObjectStore;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a user sees of {@code bin/flamelake} itself. */
class LauncherITCase {
  private static final Duration FIRST_FLAME_GRAPH = Duration.ofSeconds(30);
  private static final Duration MAX_PRINT = Duration.ofSeconds(120);

  @TempDir private Path dir;

  @Test
  void profilesItselfAndSealsItsLanes() {
    try (FlamelakeProcess server = FlamelakeProcess.startLauncher(dir.resolve("data"))) {
      FlamelakeClient client = new FlamelakeClient(server, null);
      await()
          .atMost(FIRST_FLAME_GRAPH)
          .pollInterval(Duration.ofMillis(500))
          .untilAsserted(
              () -> assertThat(selfProfileTotal(client)).as("CPU time of itself").isPositive());
      server.kill();
      server.restart();
      expectSealed(server.storage(), "after kill -9 and another start");
      await()
          .atMost(FIRST_FLAME_GRAPH)
          .pollInterval(Duration.ofMillis(500))
          .untilAsserted(() -> assertThat(lanes(server.storage())).hasSizeGreaterThan(1));

      assertThat(server.terminate()).as("exit status after SIGTERM").isZero();
      expectSealed(server.storage(), "after SIGTERM");
      assertThat(server.log()).contains("is ready: http://localhost:", "Stopped");
    }
  }

  @Test
  void printsItsVersion() {
    FlamelakeLauncher.Result result = run("-version");

    assertThat(result.status()).isZero();
    assertThat(result.out()).matches("flamelake \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?\n");
  }

  @Test
  void printsItsKeys() {
    FlamelakeLauncher.Result result = run("-help");

    assertThat(result.status()).isZero();
    assertThat(result.out())
        .startsWith("Flamelake")
        .contains("-target=", "-storage.path=", "-server.http-listen-port=");
  }

  @Test
  void printsItsModules() {
    FlamelakeLauncher.Result result = run("-modules");

    assertThat(result.status()).isZero();
    assertThat(result.out().lines().map(line -> line.split(" ", 2)[0]))
        .containsExactlyInAnyOrder(
            "gateway", "ingester", "querier", "maintenance", "catalog", "all");
  }

  @Test
  void refusesAnUnknownKeyAndNamesTheNearest() {
    FlamelakeLauncher.Result result = run("-storage.paht=" + dir);

    assertThat(result.status()).isNotZero();
    assertThat(result.err()).contains("storage.paht", "storage.path");
  }

  private FlamelakeLauncher.Result run(String... arguments) {
    return FlamelakeLauncher.run(dir, MAX_PRINT, FlamelakeLauncher.command(List.of(arguments)));
  }

  private static long selfProfileTotal(FlamelakeClient client) {
    Instant now = Instant.now();
    SelectMergeStacktracesRequest request =
        SelectMergeStacktracesRequest.newBuilder()
            .setProfileTypeID("process_cpu:cpu:nanoseconds:cpu:nanoseconds")
            .setLabelSelector("{service_name=\"flamelake\"}")
            .setStart(now.minus(Duration.ofHours(1)).toEpochMilli())
            .setEnd(now.plusSeconds(1).toEpochMilli())
            .build();
    return client
        .call(
            "querier.v1.QuerierService/SelectMergeStacktraces",
            request,
            SelectMergeStacktracesResponse.getDefaultInstance())
        .getFlamegraph()
        .getTotal();
  }

  private static List<LaneId> lanes(Path storage) {
    return new SegmentLog(new LocalObjectStore(storage)).lanes();
  }

  /** The lane that a running server writes now is not there before its first push. */
  private static void expectSealed(Path storage, String when) {
    SegmentLog log = new SegmentLog(new LocalObjectStore(storage));
    assertThat(log.lanes()).as("lanes %s", when).isNotEmpty();
    for (LaneId lane : log.lanes()) {
      List<SegmentId> segments = log.segmentsAfter(lane, -1);
      assertThat(log.readFooter(segments.get(segments.size() - 1)).isSeal())
          .as("lane %s ends in a seal %s", lane, when)
          .isTrue();
    }
  }
}
