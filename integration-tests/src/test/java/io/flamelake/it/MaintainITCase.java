/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Maintenance in a server, in one of its own, and by hand. */
class MaintainITCase {
  private static final Duration MAX_RUN = Duration.ofMinutes(5);
  private static final Duration MAX_LOOK = Duration.ofMinutes(1);
  private static final String LAST_LOOK =
      "flamelake_maintenance_last_plan_timestamp_seconds{kind=\"%s\"}";

  private static final List<String> KINDS =
      List.of(
          "deletion",
          "retention",
          "compact",
          "roll-up",
          "expire",
          "manifests",
          "orphans",
          "segments");

  @TempDir private Path dir;

  @Test
  void runByHandPrintsWhatItDid() {
    FlamelakeLauncher.Result result = maintain();

    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.out().lines().map(line -> line.split(" ", 2)[0]))
        .containsExactly(
            "task",
            "deletion",
            "retention",
            "compact",
            "roll-up",
            "expire",
            "manifests",
            "orphans",
            "segments",
            "total");
  }

  @Test
  void runByHandDoesOnlyWhatItIsTold() {
    FlamelakeLauncher.Result result = maintain("-tasks=compact,expire");

    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.out().lines().map(line -> line.split(" ", 2)[0]))
        .containsExactly("task", "compact", "expire", "total");
  }

  @Test
  void runByHandRefusesUnknownTasks() {
    FlamelakeLauncher.Result result = maintain("-tasks=vacuum");

    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("Task 'vacuum' (expected: a comma list of all, deletion, ");
  }

  @Test
  void serverMaintainsByItselfAndSaysSoToWhoWantsToByHand() {
    try (FlamelakeProcess server = FlamelakeProcess.start(dir.resolve("data"))) {
      awaitLooks(server);
      FlamelakeLauncher.Result result = maintain();

      assertThat(result.status()).isEqualTo(1);
      assertThat(result.err())
          .contains("is in use", "runs its maintenance", "does by itself", "stop that server");
      assertThat(server.terminate()).as("exit status after SIGTERM").isZero();
    }
  }

  @Test
  void maintenanceAloneIsATarget() {
    try (FlamelakeProcess server =
        FlamelakeProcess.start(dir.resolve("data"), "-target=maintenance")) {
      awaitLooks(server);
      assertThat(new FlamelakeClient(server, null).getText("/metrics"))
          .doesNotContain("flamelake_ingest_");
      assertThat(server.terminate()).as("exit status after SIGTERM").isZero();
    }
  }

  /** Waits until every kind was looked at, as the metrics say. */
  private static void awaitLooks(FlamelakeProcess server) {
    FlamelakeClient client = new FlamelakeClient(server, null);
    await()
        .atMost(MAX_LOOK)
        .untilAsserted(
            () -> {
              String metrics = client.getText("/metrics");
              for (String kind : KINDS) {
                assertThat(metrics.lines())
                    .anySatisfy(line -> assertThat(line).startsWith(LAST_LOOK.formatted(kind)))
                    .noneSatisfy(
                        line -> assertThat(line).isEqualTo(LAST_LOOK.formatted(kind) + " 0.0"));
              }
            });
  }

  private FlamelakeLauncher.Result maintain(String... arguments) {
    List<String> command = FlamelakeLauncher.command(List.of(arguments));
    command.add(1, "maintain");
    command.add("-storage.path=" + dir.resolve("data"));
    return FlamelakeLauncher.run(dir, MAX_RUN, command);
  }
}
