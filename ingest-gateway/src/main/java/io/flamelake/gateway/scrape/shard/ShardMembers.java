/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.shard;

import static java.util.Objects.requireNonNull;

import io.flamelake.gateway.scrape.discovery.KubernetesClients;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Divides addresses among the replicas by rendezvous hashing.
 *
 * <p>A member is a replica that should be there and answers. Replicas ask each other every {@code
 * checkInterval}, so a dead one is left out after three of them. A replica that starts owns nothing
 * until the others had the time to notice it; nor does one that was stopped, with its machine or by
 * a signal, for so long that the others may have left it out.
 */
public final class ShardMembers implements Shards {

  private static final Logger LOG = LoggerFactory.getLogger(ShardMembers.class);

  /** In check intervals: one until the others ask, one for the answer. */
  private static final int START_DELAY = 2;

  private final PeerSource source;
  private final String self;
  private final Duration checkInterval;
  private final ScheduledExecutorService checker;
  private final LongSupplier nanoTime;
  private final long maxAgeNanos;
  private volatile Rendezvous members = Rendezvous.EMPTY;
  private volatile boolean isShared = true;
  private volatile long lastCheckNanos;
  private Map<Peer, PeerHealth> others = new LinkedHashMap<>();
  private int checks;

  /**
   * @param source closed with this
   */
  ShardMembers(PeerSource source, String self, Duration checkInterval, MeterRegistry registry) {
    this(source, self, checkInterval, registry, System::nanoTime);
  }

  ShardMembers(
      PeerSource source,
      String self,
      Duration checkInterval,
      MeterRegistry registry,
      LongSupplier nanoTime) {
    this.source = requireNonNull(source, "source");
    this.self = requireNonNull(self, "self");
    this.checkInterval = requireNonNull(checkInterval, "checkInterval");
    this.nanoTime = nanoTime;
    this.maxAgeNanos = PeerHealth.minTimeToLeaveOut(checkInterval).toNanos();
    this.lastCheckNanos = nanoTime.getAsLong();
    this.checker =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "scrape-shards");
              thread.setDaemon(true);
              return thread;
            });
    registry.gauge(
        "flamelake.scrape.shard.members", this, shards -> shards.members.members().size());
  }

  /** What the configuration says: alone, with the peers it names, or with those of a service. */
  public static Shards open(ShardConfig config, MeterRegistry registry) {
    String service = config.service();
    if (service == null && config.peers().isEmpty()) {
      return ALONE;
    }

    PeerSource source =
        service == null
            ? new StaticPeers(config.peers())
            : new EndpointSlicePeers(service, KubernetesClients.own());
    return new ShardMembers(
        source, requireNonNull(config.self()), config.checkInterval(), registry);
  }

  @Override
  public void start() {
    source.start();
    long millis = checkInterval.toMillis();
    // With a delay, so that checks which a stopped process missed do not all come at once.
    checker.scheduleWithFixedDelay(this::check, 0, millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public boolean owns(String address) {
    return !isOutdated() && self.equals(members.findOwner(address));
  }

  @Override
  public boolean isShared() {
    return isShared;
  }

  private boolean isOutdated() {
    return nanoTime.getAsLong() - lastCheckNanos > maxAgeNanos;
  }

  private void check() {
    if (isOutdated()) {
      checks = 0;
      replaceMembers(List.of());
    }

    lastCheckNanos = nanoTime.getAsLong();
    try {
      List<Peer> peers = source.peers();
      isShared = peers.size() > 1;
      Map<Peer, PeerHealth> asked = new LinkedHashMap<>();
      List<String> scraping = new ArrayList<>();
      for (Peer peer : peers) {
        if (peer.name().equals(self)) {
          scraping.add(peer.name());
        } else {
          PeerHealth health = others.get(peer);
          PeerHealth other = health == null ? new PeerHealth(peer, checkInterval) : health;
          asked.put(peer, other);
          other.check();
          if (other.isScraping()) {
            scraping.add(peer.name());
          }
        }
      }

      others = asked;
      if (checks < START_DELAY) {
        checks++;
      } else {
        replaceMembers(scraping);
      }
    } catch (RuntimeException e) {
      // An exception would end the schedule.
      LOG.error("The replicas could not be looked at", e);
    }
  }

  private void replaceMembers(List<String> scraping) {
    if (!scraping.equals(members.members())) {
      members = new Rendezvous(scraping);
      LOG.info("Targets are shared by {}", scraping);
    }
  }

  @Override
  public void close() {
    checker.shutdownNow();
    members = Rendezvous.EMPTY;
    source.close();
  }
}
