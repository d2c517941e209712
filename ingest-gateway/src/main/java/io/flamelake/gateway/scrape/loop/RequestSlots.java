/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.loop;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Counts the requests under way to each address, so that no program has more of them than it may.
 */
final class RequestSlots {

  private final Map<String, Integer> used = new ConcurrentHashMap<>();

  /** Takes a slot, if fewer than {@code max} are taken. */
  boolean tryAcquire(String address, int max) {
    boolean[] acquired = new boolean[1];
    used.compute(
        address,
        (key, count) -> {
          int before = count == null ? 0 : count;
          acquired[0] = before < max;
          return acquired[0] ? Integer.valueOf(before + 1) : count;
        });
    return acquired[0];
  }

  void release(String address) {
    used.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
  }
}
