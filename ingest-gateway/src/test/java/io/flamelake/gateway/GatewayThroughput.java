/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway;

import static io.flamelake.gateway.TestGateway.cpuLabels;
import static io.flamelake.gateway.TestGateway.series;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.segment.store.LocalObjectStore;
import io.flamelake.segment.store.ObjectStore;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures how many bytes of uncompressed pprof the gateway acknowledges a second of CPU time, on
 * local storage. Run by hand:
 *
 * <pre>
 *  mvn -q -pl ingest-gateway test-compile dependency:build-classpath -Dmdep.outputFile=target/cp.txt
 *  cd ingest-gateway && java -Xmx1g -cp target/test-classes:target/classes:$(cat target/cp.txt) \
 *      io.flamelake.gateway.GatewayThroughput [samples] [seconds]
 * </pre>
 *
 * <p>The client is in the same process, and its share is counted to the gateway.
 */
final class GatewayThroughput {

  private static final int DISTINCT_PROFILES = 64;
  private static final int IN_FLIGHT = 32;

  private GatewayThroughput() {}

  public static void main(String[] args) throws Exception {
    int sampleCount = args.length > 0 ? Integer.parseInt(args[0]) : 400;
    int seconds = args.length > 1 ? Integer.parseInt(args[1]) : 20;
    List<byte[]> profiles = new ArrayList<>();
    long plainBytes = 0;
    long gzipBytes = 0;
    for (int i = 0; i < DISTINCT_PROFILES; i++) {
      byte[] plain = TestProfiles.large(i, sampleCount);
      plainBytes += plain.length;
      profiles.add(TestProfiles.gzip(plain));
      gzipBytes += profiles.get(i).length;
    }

    long meanBytes = plainBytes / DISTINCT_PROFILES;
    System.out.printf(
        "profiles of %d bytes, %d gzipped%n", meanBytes, gzipBytes / DISTINCT_PROFILES);
    Path directory = Files.createTempDirectory("flamelake-gateway");
    try (ObjectStore store = new LocalObjectStore(directory);
        TestGateway gateway = new TestGateway(TestGateway.config(), store)) {
      WebClient client = WebClient.of("h2c://127.0.0.1:" + gateway.port());
      run(client, profiles, 8, meanBytes);
      run(client, profiles, seconds, meanBytes);
    }
  }

  private static void run(WebClient client, List<byte[]> profiles, int seconds, long meanBytes)
      throws InterruptedException {
    Semaphore inFlight = new Semaphore(IN_FLIGHT);
    AtomicLong acknowledged = new AtomicLong();
    AtomicLong failed = new AtomicLong();
    long start = System.nanoTime();
    long cpuStart = cpuNanos();
    for (int i = 0; System.nanoTime() - start < seconds * 1_000_000_000L; i++) {
      byte[] body =
          PushRequest.newBuilder()
              .addSeries(
                  series(
                      cpuLabels().with("service_name", "service-" + i % 10),
                      UUID.randomUUID(),
                      profiles.get(i % profiles.size())))
              .build()
              .toByteArray();
      inFlight.acquire();
      client
          .execute(
              RequestHeaders.of(
                  HttpMethod.POST,
                  TestGateway.PUSH,
                  HttpHeaderNames.CONTENT_TYPE,
                  "application/proto"),
              HttpData.wrap(body))
          .aggregate()
          .handle(
              (AggregatedHttpResponse response, Throwable cause) -> {
                inFlight.release();
                boolean ok = cause == null && response.status() == HttpStatus.OK;
                return (ok ? acknowledged : failed).incrementAndGet();
              });
    }

    inFlight.acquire(IN_FLIGHT);
    double wallSeconds = (System.nanoTime() - start) / 1e9;
    double cpuSeconds = (cpuNanos() - cpuStart) / 1e9;
    double megabytes = acknowledged.get() * meanBytes / 1e6;
    System.out.printf(
        "%d acknowledged, %d failed in %.1f s: %.0f MB/s, %.0f profiles/s; %.1f s CPU: %.1f MB/s"
            + " per core%n",
        acknowledged.get(),
        failed.get(),
        wallSeconds,
        megabytes / wallSeconds,
        acknowledged.get() / wallSeconds,
        cpuSeconds,
        megabytes / cpuSeconds);
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
