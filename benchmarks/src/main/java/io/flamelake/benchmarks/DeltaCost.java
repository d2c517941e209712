/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import static io.flamelake.benchmarks.ReportTable.format;
import static io.flamelake.benchmarks.ReportTable.median;
import static io.flamelake.benchmarks.ReportTable.row;

import io.flamelake.testkit.ProfileSynthesizer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * What it costs to store cumulative heap profiles as differences, from push to commit, beside
 * storing them as they come: two tenants of one server, whose code is as warm for both, take turns.
 */
final class DeltaCost implements IngestPart {
  private static final int SERVICES = 4;
  private static final int PODS = 10;
  private static final int CONCURRENT = 32;

  /** Rounds before anything counts. */
  private static final int WARM_ROUNDS = 3;

  private static final String OVERRIDES =
      """
      overrides:
        plain:
          delta_profiles: none
        deltas:
          delta_profiles: memory,mutex,block
      """;

  private final IngestPlan plan;

  /** Of 15 s each, in every round. */
  private final int steps;

  DeltaCost(IngestPlan plan) {
    this.plan = plan;
    this.steps = (int) (6 * plan.round().toSeconds());
  }

  @Override
  public void measure() throws Exception {
    int rounds = WARM_ROUNDS + plan.rounds();
    Instant start = Instant.now().minus(ProfileSynthesizer.INTERVAL.multipliedBy(rounds * steps));
    CumulativeHeap heaps = new CumulativeHeap(SERVICES, PODS, start);
    Path storage = plan.dir().resolve("deltas");
    Path overrides = Files.writeString(plan.dir().resolve("deltas.yaml"), OVERRIDES);
    try (ServerProcess server =
        ServerProcess.start(
            storage,
            "-auth.multitenancy-enabled=true",
            "-gateway.limits.reject-older-than=0s",
            "-ingester.checkpoint-interval=1s",
            "-limits.overrides-file=" + overrides)) {
      double[] ratios = new double[plan.rounds()];
      long rows = 0;
      for (int round = 0; round < rounds; round++) {
        rows += (long) SERVICES * PODS * steps * CumulativeHeap.TYPES;
        double plain = cpuSeconds(server, storage, "plain", heaps, round, rows);
        rows += (long) SERVICES * PODS * steps * CumulativeHeap.TYPES;
        // A series' first profile has no difference to any before.
        rows -= round == 0 ? SERVICES * PODS * CumulativeHeap.CUMULATIVE_TYPES : 0;
        double deltas = cpuSeconds(server, storage, "deltas", heaps, round, rows);
        plan.progress(format("as they come %.2f s, as differences %.2f s", plain, deltas));
        if (round >= WARM_ROUNDS) {
          ratios[round - WARM_ROUNDS] = deltas / plain;
        }
      }

      row(
          "push to committed: CPU with cumulative heap profiles as differences / as they come",
          format("%.3f", median(ratios)),
          "");
    }
  }

  /** The server's CPU time from the first push of a round to the commit of the last. */
  private double cpuSeconds(
      ServerProcess server,
      Path storage,
      String tenant,
      CumulativeHeap heaps,
      int round,
      long committedRows)
      throws Exception {
    List<List<Upload>> uploads = heaps.ofTenant(tenant, round * steps, steps);
    double cpu = server.cpuSeconds();
    UploadClient client = new UploadClient(server.uri("/"), CONCURRENT);
    for (List<Upload> step : uploads) {
      step.forEach(client::send);
      // Each pod's in order of time, as its agent sends them.
      client.await();
    }

    CommittedRows.await(storage, committedRows);
    return server.cpuSeconds() - cpu;
  }
}
