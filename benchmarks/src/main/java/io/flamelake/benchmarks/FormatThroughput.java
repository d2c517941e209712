/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import static io.flamelake.benchmarks.ReportTable.format;
import static io.flamelake.benchmarks.ReportTable.row;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** How much of each format a core of the gateway takes until it is acknowledged. */
final class FormatThroughput implements IngestPart {
  private final IngestPlan plan;
  private final FormatUploads uploads;

  /** What a core took in a second, for who wants a part of that load. */
  private final Map<ClientFormat, Double> uploadsPerCpuSecond = new EnumMap<>(ClientFormat.class);

  FormatThroughput(IngestPlan plan, FormatUploads uploads) {
    this.plan = plan;
    this.uploads = uploads;
  }

  @Override
  public void measure() throws Exception {
    Map<ClientFormat, List<UploadCost>> costs = new EnumMap<>(ClientFormat.class);
    try (ServerProcess server =
        ServerProcess.start(plan.dir().resolve("formats"), "-target=gateway")) {
      for (ClientFormat format : ClientFormat.values()) {
        plan.progress("warm-up: " + format.title());
        UploadCost.measure(server, uploads.of(format), plan.warmUp());
      }

      // In turn, so that whatever else the machine does meanwhile meets all formats.
      for (int round = 1; round <= plan.rounds(); round++) {
        for (ClientFormat format : ClientFormat.values()) {
          UploadCost cost = UploadCost.measure(server, uploads.of(format), plan.round());
          costs.computeIfAbsent(format, key -> new ArrayList<>()).add(cost);
          plan.progress(
              format(
                  "round %d, %s: %.1f MB/s per core",
                  round, format.title(), cost.megabytesPerCpuSecond()));
        }
      }
    }

    for (Map.Entry<ClientFormat, List<UploadCost>> entry : costs.entrySet()) {
      report(entry.getKey(), entry.getValue());
    }
  }

  /** What a core takes of a format in a second, measured in short if it has not been yet. */
  double uploadsPerCpuSecond(ClientFormat format) throws Exception {
    if (!uploadsPerCpuSecond.containsKey(format)) {
      try (ServerProcess server =
          ServerProcess.start(plan.dir().resolve("short-" + format), "-target=gateway")) {
        plan.progress("throughput in short: " + format.title());
        UploadCost.measure(server, uploads.of(format), plan.warmUp());
        UploadCost cost = UploadCost.measure(server, uploads.of(format), plan.round());
        uploadsPerCpuSecond.put(format, cost.uploadsPerCpuSecond(uploads.of(format)));
      }
    }

    return uploadsPerCpuSecond.get(format);
  }

  private void report(ClientFormat format, List<UploadCost> costs) throws Exception {
    List<Upload> sent = uploads.of(format);
    uploadsPerCpuSecond.put(format, median(costs, cost -> cost.uploadsPerCpuSecond(sent)));
    double uploadKilobytes = sent.stream().mapToLong(Upload::bytes).average().orElseThrow() / 1e3;
    row(
        format.title() + ": until ack, per core",
        format(
            "%.1f MB/s, %.0f thousand samples/s, requests of %.0f kB",
            median(costs, UploadCost::megabytesPerCpuSecond),
            median(costs, UploadCost::samplesPerCpuSecond) / 1e3,
            uploadKilobytes),
        "");
    row(
        "the same by the clock",
        format("%.1f MB/s", median(costs, UploadCost::megabytesPerSecond)),
        "");
  }

  private static double median(List<UploadCost> costs, ToDoubleFunction<UploadCost> value) {
    return ReportTable.median(costs.stream().mapToDouble(value).toArray());
  }
}
