/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import io.flamelake.catalog.PartitionVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Holds back what was planned several times without success, for instance an hour with stacks that
 * no table has: longer each time, until its version changes. Forgetting it costs no more than
 * another attempt.
 */
final class Attempts {

  private static final int FREE_ATTEMPTS = 2;
  private static final Duration FIRST_PAUSE = Duration.ofMinutes(1);
  private static final int MAX_DOUBLINGS = 6;

  private Map<Subject, Attempt> before = new HashMap<>();
  private Map<Subject, Attempt> now = new HashMap<>();

  /** Begins a plan: what is not asked for again is forgotten. */
  void begin() {
    before = now;
    now = new HashMap<>();
  }

  /** Whether something that is due may be tried; counts as an attempt if so. */
  boolean mayTry(Subject subject, Instant time) {
    Attempt last = before.getOrDefault(subject, new Attempt(0, Instant.MIN));
    if (time.isBefore(last.next)) {
      now.put(subject, last);
      return false;
    }

    int count = last.count + 1;
    int doublings = Math.min(count - FREE_ATTEMPTS, MAX_DOUBLINGS);
    Instant next =
        count < FREE_ATTEMPTS ? time : time.plus(FIRST_PAUSE.multipliedBy(1L << doublings));
    now.put(subject, new Attempt(count, next));
    return true;
  }

  /** What is tried: to make a period of a tenant in one version. */
  record Subject(FlamePeriod period, String tenant, int number, PartitionVersion version) {}

  private record Attempt(int count, Instant next) {}
}
