/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.loop;

/**
 * When a target is scraped: at multiples of its interval since 1970, moved by an offset that
 * follows from what the target is. So targets are spread over the interval, and every replica that
 * scrapes a target does it at the same moments, whose number it shares.
 */
final class Ticks {

  private final long intervalMillis;
  private final long offsetMillis;

  Ticks(long intervalMillis, long hash) {
    this.intervalMillis = intervalMillis;
    this.offsetMillis = Math.floorMod(hash, intervalMillis);
  }

  /**
   * The first tick after a time.
   *
   * @param last the tick that came last: a clock that runs a little behind the timer does not
   *     repeat it
   */
  long next(long nowMillis, long last) {
    long next = Math.floorDiv(nowMillis - offsetMillis, intervalMillis) + 1;
    return next == last ? next + 1 : next;
  }

  /** Whether the next tick has come, too. */
  boolean isOver(long tick, long nowMillis) {
    return nowMillis >= timeMillis(tick + 1);
  }

  long timeMillis(long tick) {
    return tick * intervalMillis + offsetMillis;
  }
}
