/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.catalog.CatalogConfig;
import io.flamelake.proto.push.v1.PushResponse;
import io.flamelake.testkit.S3Server;
import io.flamelake.testkit.TestProfiles;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Segments and tables in a bucket of a real S3 server, which runs in the test's process: with
 * everything in one process, and with a process for each part.
 */
class S3ITCase {
  private static final long TINY_TOTAL = 60;

  @TempDir private Path dir;
  private S3Server s3;

  @BeforeEach
  void startS3() throws Exception {
    s3 = S3Server.start();
  }

  @AfterEach
  void stopS3() throws Exception {
    s3.close();
  }

  @Test
  void keepsSegmentsAndTablesInABucket() {
    try (FlamelakeProcess server = start("all")) {
      FlamelakeClient client = new FlamelakeClient(server, null);
      push(client, "first");
      expectTotal(client, "first", "right after the ack");

      awaitCommit("first");
      expectTotal(client, "first", "after the commit");

      push(client, "last");
      assertThat(server.terminate()).as("exit status after SIGTERM").isIn(0, 143);
      server.restart();
      expectTotal(client, "first", "after a restart");
      expectTotal(client, "last", "after a restart");
    }
  }

  @Test
  void joinsPartsInProcessesOfTheirOwn() {
    try (FlamelakeProcess gateway = start("gateway");
        FlamelakeProcess querier = start("querier")) {
      FlamelakeClient pusher = new FlamelakeClient(gateway, null);
      FlamelakeClient asker = new FlamelakeClient(querier, null);
      push(pusher, "before-ingester");
      expectTotal(asker, "before-ingester", "without an ingester");

      try (FlamelakeProcess ingester = start("ingester")) {
        push(pusher, "split");
        expectTotal(asker, "split", "right after the ack");

        awaitCommit("split");
        expectTotal(asker, "split", "after the commit");
        expectTotal(asker, "before-ingester", "after the commit");
        assertThat(ingester.terminate()).as("exit status after SIGTERM").isIn(0, 143);
      }

      expectTotal(asker, "split", "with the ingester gone");
    }
  }

  private FlamelakeProcess start(String target) {
    List<String> arguments = new ArrayList<>(List.of(s3.serverArguments()));
    arguments.add("-target=" + target);
    arguments.add("-ingester.checkpoint-interval=1s");
    catalogProperties()
        .forEach((key, value) -> arguments.add("-catalog.properties." + key + "=" + value));
    return FlamelakeProcess.start(dir.resolve(target), arguments.toArray(String[]::new));
  }

  private Map<String, String> catalogProperties() {
    Map<String, String> properties = new TreeMap<>(s3.properties());
    properties.put("type", "jdbc");
    properties.put("uri", "jdbc:sqlite:" + dir.resolve("catalog.db"));
    properties.put("warehouse", s3.uri("warehouse"));
    properties.put("io-impl", "org.apache.iceberg.aws.s3.S3FileIO");
    return properties;
  }

  private static void push(FlamelakeClient client, String service) {
    byte[] pprof = TestProfiles.tinyCpu(Instant.now());
    client.call(
        PushRequests.METHOD,
        PushRequests.of(PushRequests.cpu(service, PushRequests.sample(pprof))),
        PushResponse.getDefaultInstance());
  }

  private static void expectTotal(FlamelakeClient client, String service, String when) {
    assertThat(CpuTotals.ofFlameGraph(client, service))
        .as("flame graph of " + service + " " + when)
        .isEqualTo(TINY_TOTAL);
    assertThat(CpuTotals.ofSeries(client, service))
        .as("series of " + service + " " + when)
        .isEqualTo(TINY_TOTAL);
  }

  private void awaitCommit(String service) {
    try (OpenTables tables = OpenTables.of(CatalogConfig.of(catalogProperties()))) {
      tables.awaitProfile(service);
    }
  }
}
