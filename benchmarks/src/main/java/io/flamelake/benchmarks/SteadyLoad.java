/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Uploads that come when they come, at random around a mean rate, however long the answers take:
 * the latency of each counts from when it was due, so that a server which makes one wait does not
 * hide that it makes the next ones wait too.
 */
final class SteadyLoad {
  private static final int CONCURRENT = 4096;
  private static final long SEED = 42;

  private final ServerProcess server;
  private final List<Upload> uploads;
  private final double perSecond;

  SteadyLoad(ServerProcess server, List<Upload> uploads, double perSecond) {
    this.server = server;
    this.uploads = uploads;
    this.perSecond = perSecond;
  }

  /** Sends for a while, and waits until all is acknowledged. */
  Latencies run(Duration duration) throws InterruptedException {
    UploadClient client = new UploadClient(server.uri("/"), CONCURRENT);
    SplittableRandom random = new SplittableRandom(SEED);
    long[] due = dueTimes(duration, random);
    AtomicLongArray nanos = new AtomicLongArray(due.length);
    long start = System.nanoTime();
    for (int i = 0; i < due.length; i++) {
      long dueAt = start + due[i];
      for (long left = dueAt - System.nanoTime(); left > 0; left = dueAt - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }

      int number = i;
      client
          .send(uploads.get(i % uploads.size()))
          .thenRun(() -> nanos.set(number, System.nanoTime() - dueAt));
    }

    client.await();
    double[] millis = new double[due.length];
    for (int i = 0; i < millis.length; i++) {
      millis[i] = nanos.get(i) / 1e6;
    }

    return new Latencies(millis);
  }

  private long[] dueTimes(Duration duration, SplittableRandom random) {
    double meanNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    int count = (int) (duration.toNanos() / meanNanos);
    long[] due = new long[count];
    double time = 0;
    for (int i = 0; i < count; i++) {
      time -= Math.log(1 - random.nextDouble()) * meanNanos;
      due[i] = (long) time;
    }

    return due;
  }
}
