/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway;

import static io.flamelake.gateway.TestGateway.cpuLabels;
import static io.flamelake.gateway.TestGateway.series;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import io.flamelake.gateway.TestGateway.Stored;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.store.InMemoryObjectStore;
import io.flamelake.segment.store.ObjectStoreException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is acknowledged is in the log exactly once, whatever the store does. */
class FaultTest {

  private final FaultyObjectStore store = new FaultyObjectStore();
  private final ExecutorService clients = Executors.newFixedThreadPool(4);

  @AfterEach
  void close() {
    clients.shutdownNow();
    store.close();
  }

  @Test
  void storesEveryAcknowledgedIdOnceUnderConcurrency() throws Exception {
    store.setPutMillis(5);
    try (TestGateway gateway = new TestGateway(config(), store)) {
      Collection<UUID> acknowledged = pushConcurrently(gateway, 100);

      assertThat(acknowledged).hasSize(400);
      assertStoredOnce(gateway, acknowledged);
      assertThat(store.puts()).as("puts are shared by requests").isLessThan(350);
    }
  }

  @Test
  void writesToANewLaneWhenItsLaneIsSealed() throws Exception {
    store.setPutMillis(2);
    try (TestGateway gateway = new TestGateway(config(), store)) {
      SegmentLog log = new SegmentLog(store);
      AtomicBoolean done = new AtomicBoolean();
      Thread sealer =
          new Thread(
              () -> {
                while (!done.get()) {
                  log.lanes().forEach(log::seal);
                  pause(40);
                }
              });
      sealer.start();

      Collection<UUID> acknowledged = pushConcurrently(gateway, 100);
      done.set(true);
      sealer.join();

      assertThat(acknowledged).hasSize(400);
      assertStoredOnce(gateway, acknowledged);
      assertThat(log.lanes()).hasSizeGreaterThan(1);
      assertThat(gateway.replacedLanes()).isPositive();
    }
  }

  @Test
  void storesOnceWhenAnswersAreLostAndPutsRefused() throws Exception {
    store.setLostAnswerPercent(20);
    store.setRefusedPercent(20);
    try (TestGateway gateway = new TestGateway(config(), store)) {
      Collection<UUID> acknowledged = pushConcurrently(gateway, 10);

      assertThat(acknowledged).hasSize(40);
      assertStoredOnce(gateway, acknowledged);
    }
  }

  @Test
  void refusesWithinItsBufferWhileTheStoreIsAwayAndRecovers() throws Exception {
    GatewayConfig config =
        config().withMaxBufferBytes(2 << 20).withRequestTimeout(Duration.ofSeconds(1));
    try (TestGateway gateway = new TestGateway(config, store)) {
      byte[] profile = TestProfiles.large(1, 300);
      byte[] gzip = TestProfiles.gzip(profile);
      store.setAway(true);
      List<Future<AggregatedHttpResponse>> responses = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        responses.add(clients.submit(() -> gateway.push(series(gzip))));
      }

      for (Future<AggregatedHttpResponse> response : responses) {
        AggregatedHttpResponse answer = response.get(30, TimeUnit.SECONDS);
        assertThat(answer.status()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
        assertThat(answer.headers().get("retry-after")).isEqualTo("1");
        assertThat(gateway.bufferBytes()).isLessThanOrEqualTo(2 << 20);
      }

      assertThat(40L * profile.length).as("more than the cap").isGreaterThan(2 << 20);
      assertThat(gateway.bufferBytes()).as("held for the store").isPositive();
      store.setAway(false);
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> assertThat(gateway.bufferBytes()).isZero());

      UUID id = UUID.randomUUID();
      assertThat(gateway.push(series(cpuLabels(), id, gzip)).status()).isEqualTo(HttpStatus.OK);
      assertThat(gateway.stored()).extracting(s -> s.record().profileId()).containsOnlyOnce(id);
    }
  }

  @Test
  void storesWhatItHasAcceptedAndSealsItsLaneOnClose() throws Exception {
    store.setPutMillis(100);
    TestGateway gateway = new TestGateway(config(), store);
    List<Future<AggregatedHttpResponse>> responses = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      responses.add(clients.submit(() -> gateway.push(series(TestProfiles.cpu().toByteArray()))));
    }

    Awaitility.await().untilAsserted(() -> assertThat(store.puts()).isPositive());
    gateway.close();

    int acknowledged = 0;
    for (Future<AggregatedHttpResponse> response : responses) {
      acknowledged += response.get().status() == HttpStatus.OK ? 1 : 0;
    }

    assertThat(acknowledged).isPositive();
    assertThat(gateway.stored()).hasSizeGreaterThanOrEqualTo(acknowledged);
    SegmentLog log = new SegmentLog(store);
    LaneId lane = log.lanes().get(0);
    List<SegmentId> segments = log.segmentsAfter(lane, -1);
    assertThat(log.read(segments.get(segments.size() - 1)).isSeal()).as("sealed").isTrue();
  }

  @Test
  void closesInTimeWhileTheStoreIsAway() {
    GatewayConfig config =
        config().withSegment(config().segment().withCloseTimeout(Duration.ofMillis(300)));
    TestGateway gateway = new TestGateway(config, store);
    store.setAway(true);
    Future<AggregatedHttpResponse> response =
        clients.submit(() -> gateway.push(series(TestProfiles.cpu().toByteArray())));
    Awaitility.await().untilAsserted(() -> assertThat(store.puts()).isPositive());

    gateway.gateway().close();

    assertThat(response)
        .succeedsWithin(Duration.ofSeconds(5))
        .extracting(AggregatedHttpResponse::status)
        .isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
    gateway.close();
  }

  @Test
  void leavesALaneThatItHasNotWrittenForLong() {
    AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);
    Clock clock =
        new Clock() {
          @Override
          public Instant instant() {
            return Instant.now().plus(ahead.get());
          }

          @Override
          public ZoneId getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(ZoneId zone) {
            return this;
          }
        };
    GatewayConfig config = config().withSegment(config().segment().withLanes(1));
    try (TestGateway gateway = new TestGateway(config, tenant -> config.limits(), store, clock)) {
      SegmentLog log = new SegmentLog(store);
      push(gateway);
      push(gateway);
      LaneId first = log.lanes().get(0);
      assertThat(log.segmentsAfter(first, -1)).hasSize(2);
      ahead.set(Duration.ofMinutes(31));
      push(gateway);
      assertThat(log.lanes()).hasSize(2);
      List<SegmentId> left = log.segmentsAfter(first, -1);
      assertThat(left).hasSize(3);
      assertThat(log.read(left.get(2)).isSeal()).as("sealed").isTrue();
      assertThat(gateway.replacedLanes()).as("not a fault").isZero();
    }
  }

  private static void push(TestGateway gateway) {
    assertThat(gateway.push(series(TestProfiles.cpu().toByteArray())).status())
        .isEqualTo(HttpStatus.OK);
  }

  @Test
  void writesNothingWhileIdle() {
    try (TestGateway gateway = new TestGateway(config(), store)) {
      assertThat(gateway.gateway().isReady()).as("ready").isTrue();
    }

    assertThat(store.puts()).isZero();
  }

  @Test
  void refusesStoresThatIgnoreConditions() {
    store.setIgnoresConditions(true);
    try (Gateway gateway =
        new Gateway(config(), store, new SimpleMeterRegistry(), Clock.systemUTC())) {
      assertThatThrownBy(gateway::check)
          .isInstanceOf(ObjectStoreException.class)
          .hasMessageContaining("ignores If-None-Match");
    }

    try (Gateway gateway =
        new Gateway(
            config(), new InMemoryObjectStore(), new SimpleMeterRegistry(), Clock.systemUTC())) {
      gateway.check();
    }
  }

  private static GatewayConfig config() {
    GatewayConfig config = TestGateway.config();
    return config.withSegment(config.segment().withMaxDelay(Duration.ofMillis(10)).withLanes(2));
  }

  /** Pushes from four clients and returns the ids that were acknowledged. */
  private Collection<UUID> pushConcurrently(TestGateway gateway, int perClient) throws Exception {
    byte[] profile = TestProfiles.cpu().toByteArray();
    Collection<UUID> acknowledged = new ConcurrentLinkedQueue<>();
    List<Future<?>> running = new ArrayList<>();
    for (int client = 0; client < 4; client++) {
      running.add(
          clients.submit(
              () -> {
                for (int i = 0; i < perClient; i++) {
                  UUID id = UUID.randomUUID();
                  if (gateway.push(series(cpuLabels(), id, profile)).status() == HttpStatus.OK) {
                    acknowledged.add(id);
                  }
                }
              }));
    }

    for (Future<?> client : running) {
      client.get(60, TimeUnit.SECONDS);
    }

    return acknowledged;
  }

  private static void assertStoredOnce(TestGateway gateway, Collection<UUID> acknowledged) {
    assertThat(gateway.stored())
        .extracting((Stored stored) -> stored.record().profileId())
        .doesNotHaveDuplicates()
        .containsAll(acknowledged);
  }

  private static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
