/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.shard;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a peer scrapes. One that was never asked is taken to: a replica that starts must not take
 * over everything before it has looked. After {@value #MAX_FAILURES} failures it does not, until it
 * answers again.
 */
final class PeerHealth {

  /** Where a replica says that it scrapes. */
  static final String PATH = "/api/v1/scrape/ready";

  private static final Logger LOG = LoggerFactory.getLogger(PeerHealth.class);

  private static final int MAX_FAILURES = 3;
  private static final Duration MIN_TIMEOUT = Duration.ofSeconds(1);

  private final Peer peer;
  private final WebClient client;
  private final AtomicBoolean isUnderWay = new AtomicBoolean();
  private volatile int failures;

  PeerHealth(Peer peer, Duration checkInterval) {
    this.peer = peer;
    this.client =
        WebClient.builder("h1c://" + peer.authority())
            .responseTimeout(timeout(checkInterval))
            .build();
  }

  /** How long it takes the others, if they are quick, to leave out a replica that hangs. */
  static Duration minTimeToLeaveOut(Duration checkInterval) {
    return timeout(checkInterval).multipliedBy(MAX_FAILURES);
  }

  private static Duration timeout(Duration checkInterval) {
    return checkInterval.compareTo(MIN_TIMEOUT) < 0 ? MIN_TIMEOUT : checkInterval;
  }

  Peer peer() {
    return peer;
  }

  boolean isScraping() {
    return failures < MAX_FAILURES;
  }

  /** Asks, unless the question before is still open. */
  void check() {
    if (isUnderWay.compareAndSet(false, true)) {
      client
          .get(PATH)
          .aggregate()
          .whenComplete(
              (answer, thrown) -> {
                count(answer);
                isUnderWay.set(false);
              });
    }
  }

  // One answer at a time.
  @SuppressWarnings("NonAtomicVolatileUpdate")
  private void count(@Nullable AggregatedHttpResponse answer) {
    if (answer != null && answer.status().isSuccess()) {
      if (!isScraping()) {
        LOG.info("Gateway {} scrapes again", peer.name());
      }

      failures = 0;
    } else if (failures < MAX_FAILURES) {
      failures++;
      if (failures == MAX_FAILURES) {
        LOG.warn("Gateway {} does not scrape; the others take over", peer.name());
      }
    }
  }
}
