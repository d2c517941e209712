/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * An OpenTelemetry Collector that passes on to a server what it gets, by the protocol it gets it
 * by: {@code src/test/go/collector}.
 */
final class CollectorProcess implements AutoCloseable {
  private final int grpcPort;
  private final int httpPort;
  private final Process process;

  private CollectorProcess(int grpcPort, int httpPort, Process process) {
    this.grpcPort = grpcPort;
    this.httpPort = httpPort;
    this.process = process;
  }

  /** Starts one and waits until it listens. */
  static CollectorProcess start(Path program, Path dir, FlamelakeProcess server)
      throws IOException {
    int grpcPort = FlamelakeProcess.freePort();
    int httpPort = FlamelakeProcess.freePort();
    Path config =
        Files.writeString(dir.resolve("collector.yaml"), config(grpcPort, httpPort, server));
    Path log = dir.resolve("collector.log");
    Process process =
        new ProcessBuilder(
                program.toString(),
                "--config=file:" + config,
                "--feature-gates=service.profilesSupport")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    CollectorProcess collector = new CollectorProcess(grpcPort, httpPort, process);
    try {
      await()
          .atMost(Duration.ofMinutes(2))
          .untilAsserted(
              () -> {
                assertThat(process.isAlive()).as(Files.readString(log)).isTrue();
                expectListener(grpcPort);
                expectListener(httpPort);
              });
    } catch (RuntimeException | Error e) {
      collector.close();
      throw e;
    }

    return collector;
  }

  /** Without queues: an export is answered when the server has answered. */
  private static String config(int grpcPort, int httpPort, FlamelakeProcess server) {
    return """
    receivers:
      otlp/grpc:
        protocols: {grpc: {endpoint: "127.0.0.1:%d"}}
      otlp/http:
        protocols: {http: {endpoint: "127.0.0.1:%d"}}
    exporters:
      otlp:
        endpoint: "127.0.0.1:%d"
        tls: {insecure: true}
        sending_queue: {enabled: false}
      otlphttp:
        endpoint: "%s"
        sending_queue: {enabled: false}
    service:
      pipelines:
        profiles/grpc: {receivers: [otlp/grpc], exporters: [otlp]}
        profiles/http: {receivers: [otlp/http], exporters: [otlphttp]}
    """
        .formatted(grpcPort, httpPort, server.port(), server.uri(""));
  }

  private static void expectListener(int port) throws IOException {
    new Socket(InetAddress.getLoopbackAddress(), port).close();
  }

  /** Where it takes what comes by {@code grpc} or {@code http}. */
  int port(String protocol) {
    return protocol.equals("grpc") ? grpcPort : httpPort;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
