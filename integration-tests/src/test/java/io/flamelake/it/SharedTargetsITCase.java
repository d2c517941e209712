/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flamelake.it.ScrapedFleet.Scrape;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentLog;
import io.flamelake.segment.store.LocalObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Two gateways, each a process, share targets; one of them is killed and comes back. */
class SharedTargetsITCase {
  private static final Logger LOG = LoggerFactory.getLogger(SharedTargetsITCase.class);

  private static final int TARGETS = 200;
  private static final Duration INTERVAL = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final Duration ALLOWED_EARLINESS = Duration.ofMillis(100);

  /** How many scrapes of each target make a phase of the test. */
  private static final int TICKS = 3;

  @Test
  void noTargetIsForgottenOrScrapedTwiceInATickWhenAGatewayIsKilled(@TempDir Path dir)
      throws IOException {
    try (ScrapedFleet fleet = new ScrapedFleet(TARGETS)) {
      int portOfA = FlamelakeProcess.freePort();
      int portOfB = FlamelakeProcess.freePort();
      String peers = "127.0.0.1:" + portOfA + ",127.0.0.1:" + portOfB;
      try (FlamelakeProcess alive = start("a", portOfA, peers, dir, fleet);
          FlamelakeProcess killed = start("b", portOfB, peers, dir, fleet)) {
        awaitEvenShares(fleet);

        killed.kill();
        awaitScrapes(fleet, Set.of("a"));

        killed.restart();
        awaitEvenShares(fleet);
        assertThat(alive.log()).contains("Targets are shared by [127.0.0.1:" + portOfA + "]");
      }

      assertThat(fleet.scrapes()).hasSize(TARGETS);
      // Two: the tick between them is missing.
      assertThat(fleet.scrapes())
          .allSatisfy(
              (host, scrapes) ->
                  assertThat(longestGap(scrapes)).as("ticks: %s", scrapes).isLessThanOrEqualTo(2));

      // An id says which target and tick it is.
      List<UUID> ids = new ArrayList<>(storedIds(dir.resolve("a")));
      ids.addAll(storedIds(dir.resolve("b")));
      assertThat(ids).as("profiles, by target and tick").doesNotHaveDuplicates();
      // Those under way when a process is killed are lost: a few, never what it had in an interval.
      int scrapes = fleet.scrapes().values().stream().mapToInt(List::size).sum();
      LOG.info("{} scrapes, {} profiles in the log", scrapes, ids.size());
      assertThat(ids).hasSizeBetween(scrapes - TARGETS / 2, scrapes);
    }
  }

  private static FlamelakeProcess start(
      String name, int port, String peers, Path dir, ScrapedFleet fleet) throws IOException {
    Path config = dir.resolve(name + ".yaml");
    Files.writeString(
        config,
        """
        scrape_configs:
        - job_name: fleet
          scrape_interval: %ds
          http_headers: {%s: {values: [%s]}}
          pprof_config: {memory: {enabled: false}, block: {enabled: false}, mutex: {enabled: false}, process_cpu: {enabled: false}}
          static_configs: [{targets: ['%s']}]
        """
            .formatted(
                INTERVAL.toSeconds(),
                ScrapedFleet.GATEWAY,
                name,
                String.join("', '", fleet.targets())));
    return FlamelakeProcess.startOn(
        port,
        dir.resolve(name),
        "-target=gateway",
        "-gateway.scrape.config-file=" + config,
        "-gateway.scrape.shard.peers=" + peers,
        "-gateway.scrape.shard.self=127.0.0.1:" + port,
        "-gateway.scrape.shard.check-interval=200ms");
  }

  /** Waits until the last scrapes of every target are of one gateway each, of both gateways. */
  private static void awaitEvenShares(ScrapedFleet fleet) {
    awaitScrapes(fleet, Set.of("a", "b"));
    long ofA =
        fleet.scrapes().values().stream()
            .map(SharedTargetsITCase::last)
            .filter("a"::equals)
            .count();
    LOG.info("{} of {} targets are one gateway's", ofA, TARGETS);
    // The standard deviation of 200 tosses of a fair coin is 7.
    assertThat(ofA).isBetween(60L, 140L);
  }

  private static void awaitScrapes(ScrapedFleet fleet, Set<String> gateways) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> isSettled(fleet, gateways));
  }

  private static boolean isSettled(ScrapedFleet fleet, Set<String> gateways) {
    Map<String, List<Scrape>> scrapes = fleet.scrapes();
    return scrapes.size() == TARGETS
        && scrapes.values().stream().allMatch(SharedTargetsITCase::isSettled)
        && scrapes.values().stream()
            .map(SharedTargetsITCase::last)
            .collect(toSet())
            .equals(gateways);
  }

  /** Whether the last scrapes of a target are of one gateway. */
  private static boolean isSettled(List<Scrape> scrapes) {
    return scrapes.size() >= TICKS
        && scrapes.stream().skip(scrapes.size() - TICKS).map(Scrape::gateway).distinct().count()
            == 1;
  }

  private static String last(List<Scrape> scrapes) {
    return scrapes.get(scrapes.size() - 1).gateway();
  }

  /** The most ticks from one scrape of a target to the next. */
  private static long longestGap(List<Scrape> scrapes) {
    long offset = offset(scrapes);
    long longest = 0;
    for (int i = 1; i < scrapes.size(); i++) {
      long gap = tick(scrapes.get(i), offset) - tick(scrapes.get(i - 1), offset);
      longest = Math.max(longest, gap);
    }

    return longest;
  }

  /** The tick to which a scrape belongs that may be late by nearly an interval. */
  private static long tick(Scrape scrape, long offset) {
    return Math.floorDiv(scrape.timeMillis() - offset, INTERVAL.toMillis());
  }

  /** When in the interval a target's ticks are, less what its clock may be ahead. */
  private static long offset(List<Scrape> scrapes) {
    long interval = INTERVAL.toMillis();
    long last = scrapes.get(scrapes.size() - 1).timeMillis();
    // Scrapes are late at times, and on time mostly.
    List<Long> lateness =
        scrapes.stream()
            .map(scrape -> Math.floorMod(scrape.timeMillis() - last + interval / 2, interval))
            .sorted()
            .toList();
    return last - interval / 2 + lateness.get(lateness.size() / 2) - ALLOWED_EARLINESS.toMillis();
  }

  private static List<UUID> storedIds(Path storage) {
    SegmentLog log = new SegmentLog(new LocalObjectStore(storage));
    List<UUID> ids = new ArrayList<>();
    for (LaneId lane : log.lanes()) {
      for (SegmentId id : log.segmentsAfter(lane, -1)) {
        log.read(id).forEachRecord((tenant, record) -> ids.add(record.profileId()));
      }
    }

    return ids;
  }
}
