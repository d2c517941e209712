/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flamelake.proto.push.v1.PushResponse;
import io.flamelake.testkit.TestProfiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of docs/operations.md do what it says, typed into a shell: those that ask a server
 * while one runs, those that maintain a storage directory after it has stopped.
 */
class OperationsDocITCase {
  private static final Pattern BLOCK =
      Pattern.compile(
          "<!-- OperationsDocITCase runs this block. -->\n```sh\n(.*?)\n```\n", Pattern.DOTALL);
  private static final Duration MAX_BLOCK = Duration.ofMinutes(4);

  @TempDir private Path dir;

  @Test
  void commandsDoAsWritten() throws IOException {
    List<String> blocks = blocks();
    try (FlamelakeProcess server =
        FlamelakeProcess.startLauncher(dir.resolve("data"), settings())) {
      FlamelakeClient client = new FlamelakeClient(server, null);
      push(client, "shop-1");
      push(client, "shop-2");
      awaitLakeStatus(client);

      assertThat(run(only(blocks, "curl"), server))
          .contains("\"table\":\"profiles\"", "flamelake_lake_table_files{table=\"profiles\"}");

      long both = CpuTotals.ofFlameGraph(client, "shop");
      assertThat(run(only(blocks, "bin/flamelake delete"), server))
          .contains("Nothing was deleted", "is accepted", "done: 1 rows removed");
      assertThat(CpuTotals.ofFlameGraph(client, "shop"))
          .as("what is left of two equal pods")
          .isPositive()
          .isEqualTo(both / 2);

      assertThat(server.terminate()).isZero();
      for (String block : with(blocks, "bin/flamelake maintain")) {
        assertThat(run(block, server).lines())
            .as(block)
            .anyMatch(line -> line.startsWith("task "))
            .anyMatch(line -> line.startsWith("total "));
      }
    }
  }

  /** With the settings of the page a deletion is done after an hour. */
  private static String[] settings() {
    List<String> arguments = new ArrayList<>(HistoryServer.BUSY_MAINTENANCE);
    arguments.addAll(
        List.of(
            "-self-profiling.disable-push=true",
            "-ingester.checkpoint-interval=1s",
            "-ingester.duplicate-window=1s",
            "-query.request-timeout=10s",
            "-maintenance.snapshot-age=11s",
            "-maintenance.segment-grace=2s",
            "-maintenance.orphan-grace=2s",
            "-maintenance.health-interval=1s"));
    return arguments.toArray(String[]::new);
  }

  private static void push(FlamelakeClient client, String pod) {
    byte[] pprof = TestProfiles.tinyCpu(Instant.now());
    client.call(
        PushRequests.METHOD,
        PushRequests.of(PushRequests.cpu("shop", Map.of("pod", pod), PushRequests.sample(pprof))),
        PushResponse.getDefaultInstance());
  }

  /** Until the figures are read for the first time there are none to show. */
  private static void awaitLakeStatus(FlamelakeClient client) {
    await()
        .atMost(MAX_BLOCK)
        .untilAsserted(
            () ->
                assertThat(client.getText("/metrics"))
                    .contains("flamelake_lake_table_files{table=\"profiles\"}"));
  }

  private static List<String> blocks() throws IOException {
    String page = Files.readString(FlamelakeLauncher.root().resolve("docs/operations.md"));
    return BLOCK.matcher(page).results().map(match -> match.group(1)).toList();
  }

  private static List<String> with(List<String> blocks, String command) {
    List<String> found = blocks.stream().filter(block -> block.startsWith(command)).toList();
    assertThat(found).as("blocks of " + command).isNotEmpty();
    return found;
  }

  private static String only(List<String> blocks, String command) {
    List<String> found = with(blocks, command);
    assertThat(found).as("blocks of " + command).hasSize(1);
    return found.get(0);
  }

  private String run(String block, FlamelakeProcess server) {
    String authority = server.uri("/").getAuthority();
    String here =
        block
            .replace("localhost:4040", authority)
            .replace("flamelake delete", "flamelake delete -url=http://" + authority)
            .replace("flamelake maintain", "flamelake maintain -storage.path=" + server.storage());
    FlamelakeLauncher.Result result =
        FlamelakeLauncher.run(dir, MAX_BLOCK, List.of("bash", "-euo", "pipefail", "-c", here));
    assertThat(result.status()).as("status of %s%n%s", here, result.err()).isZero();
    return result.out();
  }
}
