/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.Server;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShardMembersTest {

  private static final String SELF = "self:4040";
  private static final Duration CHECK_INTERVAL = Duration.ofMillis(50);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int ADDRESSES = 1_000;

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private volatile Answer answer = Answer.SCRAPING;
  private final Server peer =
      Server.builder()
          .http(0)
          .requestTimeout(Duration.ZERO)
          .gracefulShutdownTimeout(Duration.ZERO, Duration.ZERO)
          .service(PeerHealth.PATH, (ctx, request) -> answer.response.get())
          .build();

  /** How a peer answers. */
  enum Answer {
    SCRAPING(() -> HttpResponse.of(200)),
    STOPPING(() -> HttpResponse.of(503)),
    HANGING(HttpResponse::streaming);

    private final Supplier<HttpResponse> response;

    Answer(Supplier<HttpResponse> response) {
      this.response = response;
    }
  }

  @AfterEach
  void stop() {
    peer.stop();
  }

  @ParameterizedTest
  @EnumSource(
      value = Answer.class,
      names = {"STOPPING", "HANGING"})
  void aPeerThatDoesNotScrapeIsLeftOutUntilItDoes(Answer bad) {
    peer.start().join();
    try (ShardMembers members = members("127.0.0.1:" + peer.activeLocalPort())) {
      assertThat(owned(members)).as("owned before the start").isZero();
      members.start();
      await().atMost(PATIENCE).until(() -> owned(members) > 0);
      assertThat(owned(members)).isBetween(400L, 600L);
      assertThat(members.isShared()).isTrue();

      answer = bad;
      await().atMost(PATIENCE).until(() -> owned(members) == ADDRESSES);
      assertThat(members.isShared()).as("shared while the peer may come back").isTrue();
      assertThat(registry.get("flamelake.scrape.shard.members").gauge().value()).isEqualTo(1);

      answer = Answer.SCRAPING;
      await().atMost(PATIENCE).until(() -> owned(members) < ADDRESSES);
      assertThat(owned(members)).isBetween(400L, 600L);
    }
  }

  @Test
  void aReplicaThatWasStoppedOwnsNothingUntilTheOthersKnowIt() {
    peer.start().join();
    AtomicLong stopped = new AtomicLong();
    PeerSource peers = new StaticPeers(List.of(SELF, "127.0.0.1:" + peer.activeLocalPort()));
    // Long enough to look before the second check.
    Duration checkInterval = Duration.ofSeconds(1);
    try (ShardMembers members =
        new ShardMembers(
            peers, SELF, checkInterval, registry, () -> System.nanoTime() + stopped.get())) {
      members.start();
      await().atMost(PATIENCE).until(() -> owned(members) > 0);

      stopped.addAndGet(Duration.ofHours(1).toNanos());
      assertThat(owned(members)).isZero();

      await().atMost(PATIENCE).until(() -> owned(members) > 0);
    }
  }

  @Test
  void aReplicaThatIsNoPeerOwnsNothing() {
    try (ShardMembers members =
        new ShardMembers(new StaticPeers(List.of("127.0.0.1:1")), SELF, CHECK_INTERVAL, registry)) {
      members.start();

      // The peer is left out after three failures, and nobody is there.
      await().during(Duration.ofSeconds(1)).atMost(PATIENCE).until(() -> owned(members) == 0);
    }
  }

  @Test
  void aGatewayThatIsAloneOwnsEverything() {
    try (Shards shards = ShardMembers.open(ShardConfig.alone(), registry)) {
      shards.start();

      assertThat(shards.owns("a:1")).isTrue();
      assertThat(shards.isShared()).isFalse();
    }
  }

  @Test
  void itHasToBeClearWhoSharesTheTargets() {
    assertThatThrownBy(() -> new ShardConfig("gateway", List.of("a:1"), "a:1", CHECK_INTERVAL))
        .hasMessage(
            "gateway.scrape.shard.service and gateway.scrape.shard.peers exclude each other");
    assertThatThrownBy(() -> new ShardConfig("gateway", List.of(), null, CHECK_INTERVAL))
        .hasMessage("gateway.scrape.shard.self is missing (expected: the name of this pod)");
    assertThatThrownBy(() -> new ShardConfig(null, List.of("a:1"), "b:1", CHECK_INTERVAL))
        .hasMessage("gateway.scrape.shard.self: b:1 (expected: one of [a:1])");
  }

  private ShardMembers members(String peerAuthority) {
    return new ShardMembers(
        new StaticPeers(List.of(SELF, peerAuthority)), SELF, CHECK_INTERVAL, registry);
  }

  private static long owned(Shards shards) {
    return IntStream.range(0, ADDRESSES).filter(i -> shards.owns("10.0.0.1:" + i)).count();
  }
}
