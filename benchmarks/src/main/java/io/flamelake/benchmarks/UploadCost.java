/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * What uploads cost a server that is never without one.
 *
 * @param cpuSeconds of the server's process alone
 * @param wallSeconds with the load generator on the same cores
 */
record UploadCost(long bytes, long samples, double cpuSeconds, double wallSeconds) {
  private static final int CONCURRENT = 32;

  /** Sends uploads in turn for a while, and waits until all are acknowledged. */
  static UploadCost measure(ServerProcess server, List<Upload> uploads, Duration duration)
      throws IOException, InterruptedException {
    UploadClient client = new UploadClient(server.uri("/"), CONCURRENT);
    long bytes = 0;
    long samples = 0;
    double cpu = server.cpuSeconds();
    long start = System.nanoTime();
    for (int i = 0; System.nanoTime() - start < duration.toNanos(); i++) {
      Upload upload = uploads.get(i % uploads.size());
      client.send(upload);
      bytes += upload.bytes();
      samples += upload.samples();
    }

    client.await();
    return new UploadCost(
        bytes, samples, server.cpuSeconds() - cpu, (System.nanoTime() - start) / 1e9);
  }

  double megabytesPerCpuSecond() {
    return bytes / 1e6 / cpuSeconds;
  }

  double samplesPerCpuSecond() {
    return samples / cpuSeconds;
  }

  double megabytesPerSecond() {
    return bytes / 1e6 / wallSeconds;
  }

  /** How often a server does this at one core. */
  double uploadsPerCpuSecond(List<Upload> uploads) {
    return bytes / cpuSeconds / uploads.stream().mapToLong(Upload::bytes).average().orElseThrow();
  }
}
