/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.batch;

import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.gateway.FaultyObjectStore;
import io.flamelake.gateway.TestGateway;
import io.flamelake.model.TenantId;
import io.flamelake.rpc.MemoryBudget;
import io.flamelake.segment.PayloadKind;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.SegmentRecord;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class SegmentBatcherTest {

  private static final TenantId GREEDY = new TenantId("greedy");
  private static final TenantId OTHER = new TenantId("other");

  private final MemoryBudget budget = new MemoryBudget(1 << 20);

  @Test
  void letsNoTenantWaitForAnothersBacklog() throws Exception {
    SegmentBatcherConfig config =
        TestGateway.config()
            .segment()
            .withMaxBytes(1000)
            .withMaxDelay(Duration.ofMillis(1))
            .withLanes(1);
    try (FaultyObjectStore store = new FaultyObjectStore();
        SegmentBatcher batcher =
            new SegmentBatcher(config, store, new SimpleMeterRegistry(), Clock.systemUTC())) {
      batcher.start();
      store.setAway(true);
      List<CompletableFuture<Void>> durable = new ArrayList<>();
      durable.add(add(batcher, GREEDY));
      Awaitility.await().untilAsserted(() -> assertThat(store.puts()).isPositive());
      for (int i = 0; i < 20; i++) {
        durable.add(add(batcher, GREEDY));
      }

      durable.add(add(batcher, OTHER));
      store.setAway(false);
      CompletableFuture.allOf(durable.toArray(new CompletableFuture<?>[0]))
          .get(30, TimeUnit.SECONDS);

      // Each record has 600 bytes, so segments take two.
      List<List<TenantId>> segments = tenantsOfSegments(new SegmentLog(store));
      assertThat(segments).hasSize(12);
      assertThat(segments.get(0)).as("put before the others came").containsExactly(GREEDY);
      assertThat(segments.get(1)).containsExactlyInAnyOrder(GREEDY, OTHER);
      assertThat(budget.usedBytes()).isZero();
    }
  }

  private CompletableFuture<Void> add(SegmentBatcher batcher, TenantId tenant) {
    SegmentRecord record =
        SegmentRecord.builder()
            .generatedId(UUID.randomUUID())
            .receiveTimeNanos(1)
            .profileTimeNanos(1)
            .labels(TestGateway.cpuLabels())
            .kind(PayloadKind.PPROF)
            .payload(new byte[600])
            .build();
    return batcher.add(tenant, List.of(record), budget.open());
  }

  private static List<List<TenantId>> tenantsOfSegments(SegmentLog log) {
    List<List<TenantId>> segments = new ArrayList<>();
    for (SegmentId id : log.segmentsAfter(log.lanes().get(0), -1)) {
      List<TenantId> tenants = new ArrayList<>();
      log.read(id).forEachRecord((tenant, record) -> tenants.add(tenant));
      segments.add(tenants);
    }

    return segments;
  }
}
