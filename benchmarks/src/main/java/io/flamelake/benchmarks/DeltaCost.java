/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import static io.flamelake.benchmarks.ReportTable.format;
import static io.flamelake.benchmarks.ReportTable.row;

import io.flamelake.testkit.ProfileSynthesizer;
import java.nio.file.Path;
import java.time.Instant;

/**
 * What it costs to store cumulative heap profiles as differences, from push to commit, beside
 * storing them as they come.
 */
final class DeltaCost implements IngestPart {
  private static final int SERVICES = 4;
  private static final int PODS = 10;
  private static final int WARM_STEPS = 30;
  private static final int CONCURRENT = 32;

  private final IngestPlan plan;

  /** Of 15 s each, 40 profiles in every one. */
  private final int steps;

  DeltaCost(IngestPlan plan) {
    this.plan = plan;
    this.steps = (int) (30 * plan.round().toSeconds());
  }

  @Override
  public void measure() throws Exception {
    Instant start =
        Instant.now().minus(ProfileSynthesizer.INTERVAL.multipliedBy(WARM_STEPS + steps));
    CumulativeHeap heaps = new CumulativeHeap(SERVICES, PODS, start);
    double asTheyCome = cpuSeconds(heaps, false);
    double asDifferences = cpuSeconds(heaps, true);
    row(
        "push to committed, cumulative heap profiles: CPU as differences / as they come",
        format("%.3f (%.1f s / %.1f s)", asDifferences / asTheyCome, asDifferences, asTheyCome),
        "");
  }

  private double cpuSeconds(CumulativeHeap heaps, boolean delta) throws Exception {
    plan.progress("cumulative heap profiles, " + (delta ? "as differences" : "as they come"));
    Path storage = plan.dir().resolve("delta-" + delta);
    try (ServerProcess server =
        ServerProcess.start(
            storage,
            "-gateway.limits.reject-older-than=0s",
            "-gateway.limits.delta-profiles=" + (delta ? "memory,mutex,block" : "none"))) {
      push(server, heaps, 0, WARM_STEPS);
      CommittedRows.await(storage, rows(WARM_STEPS, delta));
      double cpu = server.cpuSeconds();
      push(server, heaps, WARM_STEPS, WARM_STEPS + steps);
      CommittedRows.await(storage, rows(WARM_STEPS + steps, delta));
      return server.cpuSeconds() - cpu;
    }
  }

  /** A series' first profile has no difference to any before. */
  private static long rows(int steps, boolean delta) {
    long pods = SERVICES * PODS;
    return pods * steps * CumulativeHeap.TYPES
        - (delta ? pods * CumulativeHeap.CUMULATIVE_TYPES : 0);
  }

  private static void push(ServerProcess server, CumulativeHeap heaps, int from, int to)
      throws InterruptedException {
    UploadClient client = new UploadClient(server.uri("/"), CONCURRENT);
    for (int step = from; step < to; step++) {
      heaps.at(step).forEach(client::send);
      // Each pod's in order of time, as its agent sends them.
      client.await();
    }
  }
}
