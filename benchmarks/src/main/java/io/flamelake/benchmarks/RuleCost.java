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

/** What relabelling and the marking of cumulative profiles add to the work of the gateway. */
final class RuleCost implements IngestPart {
  /** By the overrides file: nothing is done to labels at all. */
  private static final String NO_RULES =
      """
      overrides:
        anonymous:
          ingestion_relabeling_default_rules_position: disabled
      """;

  /** The default rules and ten more, of every kind that a rule can be costly by. */
  private static final String RULES =
      """
      overrides:
        anonymous:
          ingestion_relabeling_rules:
            - {action: labeldrop, regex: 'pod_template_hash|controller_revision_hash|chart_.*'}
            - {action: drop, source_labels: [namespace], regex: 'sandbox-.*|.*-preview'}
            - {action: keep, source_labels: [region], regex: '(eu|us)-(west|east)-[0-9]+'}
            - {action: replace, source_labels: [service_name], regex: 'svc-([0-9]+)-(.*)', target_label: team, replacement: '$2-$1'}
            - {action: replace, source_labels: [namespace, service_name], separator: /, target_label: job}
            - {action: replace, source_labels: [pod], regex: '(.*)-([0-9]+)-[a-z0-9]+', target_label: replica, replacement: '$2'}
            - {action: lowercase, source_labels: [region], target_label: region}
            - {action: hashmod, source_labels: [pod], modulus: 16, target_label: shard}
            - {action: labelmap, regex: 'kubernetes_(.+)'}
            - {action: dropequal, source_labels: [namespace], target_label: service_name}
      """;

  private static final int SERVICES = 4;
  private static final int PODS = 10;

  private static final String[] NO_DELTA = {"-gateway.limits.delta-profiles=none"};

  private final IngestPlan plan;
  private final FormatUploads uploads;

  RuleCost(IngestPlan plan, FormatUploads uploads) {
    this.plan = plan;
    this.uploads = uploads;
  }

  @Override
  public void measure() throws Exception {
    List<Upload> heaps = new CumulativeHeap(SERVICES, PODS, Instant.now()).at(0);
    try (ServerProcess plain = start("no-rules", NO_RULES, NO_DELTA);
        ServerProcess ruled = start("rules", RULES, NO_DELTA);
        ServerProcess marking = start("marking", NO_RULES)) {
      report(
          "the default rules and 10 more on every series",
          compare(plain, ruled, uploads.of(ClientFormat.PPROF)));
      report("marking of cumulative heap profiles", compare(plain, marking, heaps));
    }
  }

  private static void report(String what, double[] ratios) {
    row("gateway, until ack: CPU with " + what + " / without", format("%.3f", median(ratios)), "");
  }

  /** How much more CPU time the second server needs for the same, each time anew. */
  private double[] compare(ServerProcess without, ServerProcess with, List<Upload> sent)
      throws Exception {
    UploadCost.measure(without, sent, plan.warmUp());
    UploadCost.measure(with, sent, plan.warmUp());
    double[] ratios = new double[plan.rounds()];
    for (int round = 0; round < ratios.length; round++) {
      double before = UploadCost.measure(without, sent, plan.round()).megabytesPerCpuSecond();
      double after = UploadCost.measure(with, sent, plan.round()).megabytesPerCpuSecond();
      ratios[round] = before / after;
      plan.progress(format("round %d: %.1f and %.1f MB/s per core", round + 1, before, after));
    }

    return ratios;
  }

  private ServerProcess start(String name, String overrides, String... arguments) throws Exception {
    Path file = Files.writeString(plan.dir().resolve(name + ".yaml"), overrides);
    return ServerProcess.start(
        plan.dir().resolve(name),
        Arguments.join(arguments, "-target=gateway", "-limits.overrides-file=" + file));
  }
}
