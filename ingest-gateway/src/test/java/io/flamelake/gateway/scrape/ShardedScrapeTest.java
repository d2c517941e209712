/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.Server;
import io.flamelake.gateway.TestGateway;
import io.flamelake.gateway.scrape.api.TargetsApi;
import io.flamelake.gateway.scrape.shard.ShardConfig;
import io.flamelake.model.TenantId;
import io.flamelake.rpc.HttpDefaults;
import io.flamelake.rpc.Tenants;
import io.flamelake.segment.store.InMemoryObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two gateways that share targets, one of which dies. */
class ShardedScrapeTest {

  private static final int TARGETS = 200;
  private static final Duration INTERVAL = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String REPLICA = "x-replica";

  @TempDir Path dir;

  @Test
  void theOtherTakesOverWhatADeadGatewayScraped() throws IOException {
    try (FakeTargets fakes = new FakeTargets();
        Replica a = new Replica("a");
        Replica b = new Replica("b")) {
      List<String> peers = List.of(a.authority(), b.authority());
      a.start(dir, fakes.port(), peers);
      b.start(dir, fakes.port(), peers);

      // Every target three times: it is settled whose it is.
      await().atMost(PATIENCE).until(() -> timesByHost(fakes).size() == TARGETS);
      await()
          .atMost(PATIENCE)
          .until(() -> timesByHost(fakes).values().stream().allMatch(times -> times.size() >= 3));
      Map<String, Set<String>> replicasByHost =
          fakes.requests().stream()
              .collect(
                  groupingBy(
                      FakeTargets.Request::host,
                      mapping(request -> String.valueOf(request.headers().get(REPLICA)), toSet())));
      assertThat(replicasByHost.values())
          .as("targets that both scraped")
          .allSatisfy(replicas -> assertThat(replicas).hasSize(1));
      // The standard deviation of a fair coin's 200 tosses is 7.
      assertThat(replicasByHost.values().stream().filter(Set.of("a")::equals).count())
          .isBetween(60L, 140L);
      assertThat(a.ownedTargets() + b.ownedTargets()).isEqualTo(TARGETS);

      long killed = System.currentTimeMillis();
      b.kill();
      long end = killed + 4 * INTERVAL.toMillis();
      await().atMost(PATIENCE).until(() -> System.currentTimeMillis() > end);

      assertThat(a.ownedTargets()).isEqualTo(TARGETS);
      // Half an interval for a machine that is busy.
      long allowed = INTERVAL.toMillis() * 5 / 2;
      assertThat(timesByHost(fakes))
          .allSatisfy(
              (host, times) ->
                  assertThat(longestGap(times, end)).as("gap of %s", host).isLessThan(allowed));
      List<UUID> ids = new ArrayList<>(a.profileIds());
      ids.addAll(b.profileIds());
      assertThat(ids).as("profiles, by target and tick").doesNotHaveDuplicates();
    }
  }

  private static Map<String, List<Long>> timesByHost(FakeTargets fakes) {
    return fakes.requests().stream()
        .collect(
            groupingBy(
                FakeTargets.Request::host, mapping(FakeTargets.Request::timeMillis, toList())));
  }

  private static long longestGap(List<Long> times, long end) {
    List<Long> sorted = new ArrayList<>(times.stream().sorted().toList());
    sorted.add(end);
    long longest = 0;
    for (int i = 1; i < sorted.size(); i++) {
      longest = Math.max(longest, sorted.get(i) - sorted.get(i - 1));
    }

    return longest;
  }

  /** A gateway with its own store, and the port where the other asks for it. */
  private static final class Replica implements AutoCloseable {

    private final String name;
    private final TestGateway gateway =
        new TestGateway(TestGateway.config(), new InMemoryObjectStore());
    private final Server server;
    private final AtomicReference<@Nullable Scraper> scraper = new AtomicReference<>();

    Replica(String name) {
      this.name = name;
      this.server =
          Server.builder().http(0).service("/", (ctx, request) -> HttpResponse.of(404)).build();
      server.start().join();
    }

    String authority() {
      return "127.0.0.1:" + server.activeLocalPort();
    }

    void start(Path dir, int port, List<String> peers) throws IOException {
      StringBuilder targets = new StringBuilder();
      for (int i = 1; i <= TARGETS; i++) {
        targets.append(i == 1 ? "" : ", ").append("'127.0.1.").append(i).append(':').append(port);
        targets.append('\'');
      }

      Path file = dir.resolve(name + ".yaml");
      Files.writeString(
          file,
          """
          scrape_configs:
          - job_name: fleet
            scrape_interval: %ds
            http_headers: {%s: {values: [%s]}}
            pprof_config: {memory: {enabled: false}, block: {enabled: false}, mutex: {enabled: false}, process_cpu: {enabled: false}}
            static_configs:
            - {labels: {__profile_path__: /ok}, targets: [%s]}
          """
              .formatted(INTERVAL.toSeconds(), REPLICA, name, targets));
      Scraper made =
          gateway
              .gateway()
              .newScraper(
                  new ScraperConfig(
                      file,
                      Duration.ofSeconds(1),
                      false,
                      TenantId.ANONYMOUS,
                      new ShardConfig(null, peers, authority(), Duration.ofMillis(200))));
      scraper.set(made);
      server.reconfigure(
          builder -> {
            HttpDefaults.apply(builder, Duration.ofSeconds(10));
            builder.http(0).gracefulShutdownTimeout(Duration.ZERO, Duration.ZERO);
            new TargetsApi(made, new Tenants(false)).addTo(builder);
          });
      made.start();
    }

    long ownedTargets() {
      Scraper made = scraper.get();
      return made == null
          ? 0
          : made.targets().active().stream().filter(Targets.ActiveTarget::isOwned).count();
    }

    List<UUID> profileIds() {
      return gateway.stored().stream().map(stored -> stored.record().profileId()).toList();
    }

    /** Gone from one moment to the next: the port first, so that nobody is told. */
    void kill() {
      server.stop();
      Scraper made = scraper.getAndSet(null);
      if (made != null) {
        made.close();
      }
    }

    @Override
    public void close() {
      kill();
      gateway.close();
    }
  }
}
