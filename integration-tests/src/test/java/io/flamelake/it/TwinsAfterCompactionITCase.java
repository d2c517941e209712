/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.PushResponse;
import io.flamelake.proto.push.v1.RawProfileSeries;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesRequest;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * F21 of the fault list: three pods push profiles with the same labels and the same time, of
 * different stacks. All three are kept by compaction and counted by roll-ups.
 */
class TwinsAfterCompactionITCase {
  private static final String SERVICE = "twins";
  private static final Instant TIME =
      Instant.now().truncatedTo(ChronoUnit.HOURS).minus(Duration.ofHours(26));
  private static final SortedMap<String, Long> STACKS =
      new TreeMap<>(Map.of("main;read", 1L, "main;write", 20L, "main;sync", 300L));

  @Test
  void keepsTwinsEachForItself(@TempDir Path dir) throws Exception {
    Path storage = dir.resolve("data");
    try (FlamelakeProcess server =
        FlamelakeProcess.start(
            storage,
            HistoryServer.WITHOUT_MAINTENANCE,
            "-gateway.limits.reject-older-than=0s",
            "-query.max-query-length=0s",
            "-ingester.checkpoint-interval=1s")) {
      FlamelakeClient client = new FlamelakeClient(server, null);
      for (String stack : STACKS.keySet()) {
        PushRequest request = PushRequests.of(profile(stack, STACKS.get(stack)));
        client.call(PushRequests.METHOD, request, PushResponse.getDefaultInstance());
      }

      LedgerRun.awaitDrained(storage, storage);
      String output = MaintenanceRun.complete(storage, List.of("-maintenance.closed-after=1ms"));
      try (OpenTables tables = OpenTables.of(storage)) {
        assertThat(tables.profiles())
            .as(output)
            .extracting(row -> row.getField("total_value"))
            .containsExactlyInAnyOrder(1L, 20L, 300L);
      }

      List<InspectedTable> tables = LakeInspection.tables(storage);
      assertThat(tables.get(0).maxFilesPerPartition()).isEqualTo(1);
      assertThat(tables)
          .filteredOn(table -> table.name().startsWith("flame_"))
          .extracting(InspectedTable::rows)
          .containsExactly(1L, 1L);
      assertThat(stacks(client, TIME, TIME.plus(Duration.ofHours(1)))).isEqualTo(STACKS);
      Instant day = TIME.truncatedTo(ChronoUnit.DAYS);
      assertThat(stacks(client, day, day.plus(Duration.ofDays(1)))).isEqualTo(STACKS);
      assertThat(stacks(client, TIME, TIME.plusMillis(1)))
          .as("from the profiles")
          .isEqualTo(STACKS);
    }
  }

  private static RawProfileSeries profile(String stack, long value) {
    byte[] pprof =
        new PprofBuilder()
            .addSampleType("cpu", "nanoseconds")
            .periodType("cpu", "nanoseconds")
            .timeNanos(TimeUnit.SECONDS.toNanos(TIME.getEpochSecond()))
            .addSample(List.of(stack.substring(stack.indexOf(';') + 1), "main"), value)
            .toByteArray();
    return PushRequests.cpu(SERVICE, PushRequests.sample(pprof));
  }

  private static SortedMap<String, Long> stacks(FlamelakeClient client, Instant from, Instant to) {
    return FlameGraphReader.foldedStacks(
        client
            .call(
                CpuQueries.SELECT_STACKTRACES,
                SelectMergeStacktracesRequest.newBuilder()
                    .setProfileTypeID(CpuQueries.CPU)
                    .setLabelSelector(CpuQueries.ofService(SERVICE))
                    .setStart(from.toEpochMilli())
                    .setEnd(to.toEpochMilli())
                    .build(),
                SelectMergeStacktracesResponse.getDefaultInstance())
            .getFlamegraph());
  }
}
