/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import static io.flamelake.benchmarks.ReportTable.format;
import static io.flamelake.benchmarks.ReportTable.row;

import io.flamelake.testkit.S3Server;
import java.time.Duration;
import java.util.List;

/**
 * How long an acknowledgement takes at half the load that a core can bear, with an object store as
 * slow as S3.
 */
final class AckLatency implements IngestPart {
  private static final List<ClientFormat> FORMATS =
      List.of(ClientFormat.PPROF, ClientFormat.OTLP, ClientFormat.JFR);

  /** The default on S3, and what one may set who wants acknowledgements sooner. */
  private static final List<String> DELAYS = List.of("250ms", "50ms");

  private static final int ROUNDS_LONG = 6;

  private final IngestPlan plan;
  private final FormatUploads uploads;
  private final FormatThroughput throughput;

  AckLatency(IngestPlan plan, FormatUploads uploads, FormatThroughput throughput) {
    this.plan = plan;
    this.uploads = uploads;
    this.throughput = throughput;
  }

  @Override
  public void measure() throws Exception {
    for (ClientFormat format : FORMATS) {
      tryToMeasure(format, DELAYS.get(0));
    }

    tryToMeasure(ClientFormat.PPROF, DELAYS.get(1));
  }

  /** A server that refuses something has no latency to tell, which is a result as well. */
  private void tryToMeasure(ClientFormat format, String maxDelay) throws Exception {
    try {
      measure(format, maxDelay);
    } catch (IllegalStateException e) {
      row(format.title() + ": acks, segments every " + maxDelay, "failed: " + e.getMessage(), "");
    }
  }

  private void measure(ClientFormat format, String maxDelay) throws Exception {
    double perSecond = throughput.uploadsPerCpuSecond(format) / 2;
    List<Upload> sent = uploads.of(format);
    double megabytes =
        sent.stream().mapToLong(Upload::bytes).average().orElseThrow() * perSecond / 1e6;
    plan.progress(
        format("acks of %s at %.1f MB/s, segments every %s", format.title(), megabytes, maxDelay));
    try (S3Server s3 = S3Server.start(SlowBlobStore::new);
        ServerProcess server =
            ServerProcess.start(
                plan.dir().resolve("acks-" + format + maxDelay),
                Arguments.join(
                    s3.serverArguments(),
                    "-target=gateway",
                    "-gateway.segment.max-delay=" + maxDelay))) {
      // As much at once as it can take: a cold server could not bear the rate that counts.
      UploadCost.measure(server, sent, plan.warmUp());
      SteadyLoad load = new SteadyLoad(server, sent, perSecond);
      Duration duration = plan.round().multipliedBy(ROUNDS_LONG);
      Latencies latencies = load.run(duration);
      row(
          format(
              "%s at %.1f MB/s: ack p50 / p99, PUT takes 60 ms (p99 200 ms), segments every %s",
              format.title(), megabytes, maxDelay),
          format(
              "%.0f / %.0f ms (%d requests)",
              latencies.quantile(0.5), latencies.quantile(0.99), latencies.millis().length),
          "");
    }
  }
}
