/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Does for a while what profilers sample: computes, allocates, waits for locks, parks. */
final class JfrWorkload {

  private static final Object LOCK = new Object();

  private JfrWorkload() {}

  /** Returns some of what was allocated, which is live as long as the caller has it. */
  static List<byte[]> run(Duration duration) throws InterruptedException {
    long end = System.nanoTime() + duration.toNanos();
    List<byte[]> kept = new ArrayList<>();
    Thread contender = new Thread(() -> contend(end), "contender");
    contender.start();
    long sum = 0;
    while (System.nanoTime() < end) {
      sum += compute(200);
      kept.add(allocate(2_000));
      if (kept.size() > 5_000) {
        kept.clear();
      }

      allocate(3_000_000);
      park();
      synchronized (LOCK) {
        sum += compute(400);
      }
    }

    contender.join();
    return sum == 0 ? List.of() : kept;
  }

  private static long compute(int depth) {
    long sum = depth;
    for (int i = 0; i < 20_000; i++) {
      sum = sum * 31 + i;
    }

    return depth % 8 == 0 ? sum | 1 : sum + compute(depth - 1);
  }

  private static byte[] allocate(int size) {
    return new byte[size];
  }

  private static void park() {
    LockSupport.parkNanos(200_000);
  }

  private static void contend(long end) {
    while (System.nanoTime() < end) {
      synchronized (LOCK) {
        LockSupport.parkNanos(300_000);
      }
    }
  }
}
