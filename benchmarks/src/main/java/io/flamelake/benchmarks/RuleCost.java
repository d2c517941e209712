/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import static io.flamelake.benchmarks.ReportTable.format;
import static io.flamelake.benchmarks.ReportTable.median;
import static io.flamelake.benchmarks.ReportTable.row;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/**
 * What relabelling and the marking of cumulative profiles add to the work of the gateway: three
 * tenants of one server, whose code is as warm for each of them, send the same.
 */
final class RuleCost implements IngestPart {
  private static final int SERVICES = 4;
  private static final int PODS = 10;

  /** The default rules come before those of the file. */
  private static final String OVERRIDES =
      """
      overrides:
        plain:
          ingestion_relabeling_default_rules_position: disabled
          delta_profiles: none
        marking:
          ingestion_relabeling_default_rules_position: disabled
        ruled:
          delta_profiles: none
          ingestion_relabeling_rules:
      """
          + RelabelWorkload.RULES.indent(6);

  private final IngestPlan plan;
  private final FormatUploads uploads;

  RuleCost(IngestPlan plan, FormatUploads uploads) {
    this.plan = plan;
    this.uploads = uploads;
  }

  @Override
  public void measure() throws Exception {
    Path overrides = Files.writeString(plan.dir().resolve("rules.yaml"), OVERRIDES);
    List<Upload> heaps = new CumulativeHeap(SERVICES, PODS, Instant.now()).at(0);
    try (ServerProcess server =
        ServerProcess.start(
            plan.dir().resolve("rules"),
            "-target=gateway",
            "-auth.multitenancy-enabled=true",
            "-limits.overrides-file=" + overrides)) {
      report(
          "the default rules and 10 more on every series",
          compare(server, "ruled", uploads.of(ClientFormat.PPROF)));
      report("cumulative heap profiles marked", compare(server, "marking", heaps));
    }
  }

  private static void report(String what, double[] ratios) {
    row("gateway, until ack: CPU with " + what + " / without", format("%.3f", median(ratios)), "");
  }

  /** How much more CPU time the server needs for a tenant than for one without rules. */
  private double[] compare(ServerProcess server, String tenant, List<Upload> sent)
      throws Exception {
    List<Upload> plain = sent.stream().map(upload -> upload.ofTenant("plain")).toList();
    List<Upload> other = sent.stream().map(upload -> upload.ofTenant(tenant)).toList();
    UploadCost.measure(server, plain, plan.warmUp());
    UploadCost.measure(server, other, plan.warmUp());
    double[] ratios = new double[plan.rounds()];
    for (int round = 0; round < ratios.length; round++) {
      double without = UploadCost.measure(server, plain, plan.round()).megabytesPerCpuSecond();
      double with = UploadCost.measure(server, other, plan.round()).megabytesPerCpuSecond();
      ratios[round] = without / with;
      plan.progress(
          format("round %d, %s: %.1f and %.1f MB/s per core", round + 1, tenant, without, with));
    }

    return ratios;
  }
}
