/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Samples the resident memory of a server once a second, and says how it changed. */
final class ResidentMemory implements AutoCloseable {
  private static final double NANOS_PER_HOUR = TimeUnit.HOURS.toNanos(1);

  private record Sample(long nanos, long bytes) {}

  private final FlamelakeProcess server;
  private final List<Sample> samples = new ArrayList<>();
  private final Thread thread = new Thread(this::sample, "resident-memory");

  private ResidentMemory(FlamelakeProcess server) {
    this.server = server;
  }

  static ResidentMemory watch(FlamelakeProcess server) {
    ResidentMemory memory = new ResidentMemory(server);
    memory.thread.setDaemon(true);
    memory.thread.start();
    return memory;
  }

  private void sample() {
    try {
      while (true) {
        try {
          add(new Sample(System.nanoTime(), server.residentBytes()));
        } catch (UncheckedIOException restarting) {
          // There is no process to look at for a moment.
        }

        TimeUnit.SECONDS.sleep(1);
      }
    } catch (InterruptedException closed) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void add(Sample sample) {
    samples.add(sample);
  }

  synchronized long peakBytes() {
    return samples.stream().mapToLong(Sample::bytes).max().orElse(0);
  }

  /** The slope of the line through the last two thirds of the samples, in percent an hour. */
  synchronized double percentPerHour() {
    List<Sample> settled = samples.subList(samples.size() / 3, samples.size());
    double meanNanos = settled.stream().mapToDouble(Sample::nanos).average().orElse(0);
    double meanBytes = settled.stream().mapToDouble(Sample::bytes).average().orElse(0);
    double covariance = 0;
    double variance = 0;
    for (Sample sample : settled) {
      double distance = sample.nanos - meanNanos;
      covariance += distance * (sample.bytes - meanBytes);
      variance += distance * distance;
    }

    return variance == 0 ? 0 : 100 * covariance / variance * NANOS_PER_HOUR / meanBytes;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
