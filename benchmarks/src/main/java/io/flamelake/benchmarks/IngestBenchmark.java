/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import static io.flamelake.benchmarks.ReportTable.header;
import static io.flamelake.benchmarks.ReportTable.row;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures what the ways in cost: each format until it is acknowledged, the rules for labels,
 * differences of cumulative profiles, and what tenants have to suffer from each other. Servers run
 * in processes of their own; "per core" is by the server's own CPU time.
 */
public final class IngestBenchmark {

  private IngestBenchmark() {}

  /**
   * @param args {@code --only=formats,acks,rules,delta,tenants} for some of the parts, {@code
   *     --rounds} (default 5) and {@code --seconds} of each (default 4)
   */
  public static void main(String[] args) throws Exception {
    BenchmarkArguments arguments = BenchmarkArguments.parse(args, "only", "rounds", "seconds");
    Path dir = Files.createTempDirectory("flamelake-benchmark");
    boolean hasFailed;
    try {
      IngestPlan plan =
          new IngestPlan(
              dir,
              arguments.number("rounds", 5),
              Duration.ofSeconds(arguments.number("seconds", 4)));
      hasFailed = run(plan, arguments.value("only", ""));
    } finally {
      StorageFiles.delete(dir);
    }

    // Clients and the S3 server have threads that would go on.
    System.exit(hasFailed ? 1 : 0);
  }

  /** Returns whether a part has failed; the others are measured all the same. */
  private static boolean run(IngestPlan plan, String only) throws Exception {
    FormatUploads uploads = new FormatUploads(plan.dir());
    FormatThroughput throughput = new FormatThroughput(plan, uploads);
    Map<String, IngestPart> parts = new LinkedHashMap<>();
    parts.put("formats", throughput);
    parts.put("acks", new AckLatency(plan, uploads, throughput));
    parts.put("rules", new RuleCost(plan, uploads));
    parts.put("delta", new DeltaCost(plan));
    parts.put("tenants", new TenantFairness(plan, uploads, false));
    parts.put("tenants-disk", new TenantFairness(plan, uploads, true));
    if (!only.isEmpty()) {
      List<String> wanted = List.of(only.split(",", -1));
      if (!parts.keySet().containsAll(wanted)) {
        throw new IllegalArgumentException(
            "only: " + only + " (expected: of " + parts.keySet() + ")");
      }

      parts.keySet().retainAll(wanted);
    }

    header("measure", "value", "target");
    boolean hasFailed = false;
    for (Map.Entry<String, IngestPart> part : parts.entrySet()) {
      long start = System.nanoTime();
      try {
        part.getValue().measure();
      } catch (Exception e) {
        hasFailed = true;
        row(part.getKey(), "failed: " + e, "");
        e.printStackTrace();
      }

      plan.progress(
          part.getKey()
              + " took "
              + Duration.ofNanos(System.nanoTime() - start).toSeconds()
              + " s");
    }

    return hasFailed;
  }
}
