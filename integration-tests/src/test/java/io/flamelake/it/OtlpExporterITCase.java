/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.flamelake.proto.querier.v1.FlameGraph;
import io.flamelake.proto.querier.v1.ProfileTypesRequest;
import io.flamelake.proto.querier.v1.ProfileTypesResponse;
import io.flamelake.proto.querier.v1.SelectMergeSpanProfileRequest;
import io.flamelake.proto.querier.v1.SelectMergeSpanProfileResponse;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesRequest;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import io.flamelake.proto.types.v1.ProfileType;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Profiles sent by OpenTelemetry's own Go modules, of both releases that have a layout of their own
 * ({@code src/test/go/otlp}), and passed on by its Collector.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OtlpExporterITCase {
  private static final String OFF_CPU = "off_cpu:off_cpu:nanoseconds::";
  private static final String TRACE = "5b8aa5a2d2c872e8321cf37308d69df2";
  private static final String SPAN = "051581bf3cb55c13";

  private static final Map<String, Long> LINKED = Map.of("main;work;libshop.so!0x234", 50_000_000L);

  private Path dir;
  private FlamelakeProcess server;
  private FlamelakeClient client;
  private Map<String, Path> programs;

  @BeforeAll
  void start(@TempDir Path dir) {
    this.dir = dir;
    programs =
        Map.of(
            "1.10", GoPrograms.build("otlp", "go.mod", dir),
            "1.9", GoPrograms.build("otlp", "go-1.9.mod", dir));
    server = FlamelakeProcess.start(dir.resolve("data"));
    client = new FlamelakeClient(server, null);
  }

  @AfterAll
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"1.10, grpc", "1.10, http", "1.9, grpc", "1.9, http"})
  void findsWhatAnExporterSent(String version, String protocol) {
    String service = "shop-" + version + "-" + protocol;
    String id = newId();

    // The second time is a retry, which must not count; of profiles without an id nobody knows.
    assertThat(export(version, protocol, server.port(), service, id)).isEqualTo("0");
    assertThat(export(version, protocol, server.port(), service, id)).isEqualTo("0");

    assertThat(stacks(service, OFF_CPU)).isEqualTo(Map.of("main;wait", 24_000L));
    expectFound(service, id);
  }

  /** The exporter sends to a Collector, which sends on to the server. */
  @Test
  void findsWhatACollectorPassedOn() throws IOException {
    Path program = GoPrograms.build("collector", dir);
    try (CollectorProcess collector = CollectorProcess.start(program, dir, server)) {
      for (String protocol : List.of("grpc", "http")) {
        String service = "collected-" + protocol;
        String id = newId();

        assertThat(export("1.10", protocol, collector.port(protocol), service, id)).isEqualTo("0");

        assertThat(stacks(service, OFF_CPU)).isEqualTo(Map.of("main;wait", 12_000L));
        expectFound(service, id);
      }
    }
  }

  private void expectFound(String service, String id) {
    Map<String, Long> all =
        Map.of("main;work", 150_000_000L, "main;work;libshop.so!0x234", 50_000_000L);
    assertThat(stacks(service, CpuQueries.CPU)).isEqualTo(all);
    assertThat(
            FlameGraphReader.foldedStacks(
                stacktraces(
                    CpuQueries.stacktraces(CpuQueries.ofService(service))
                        .addProfileIdSelector(withHyphens(id)))))
        .isEqualTo(all);
    assertThat(profileTypes()).contains(CpuQueries.CPU, OFF_CPU);
    assertThat(
            total(
                """
                {service_name="%1$s", "service.name"="%1$s", "k8s.pod.name"="%1$s-1", __otel__="true",
                 "thread.name"="worker"}
                """
                    .formatted(service)))
        .isEqualTo(200_000_000);
    assertThat(total("{\"k8s.pod.name\"=\"%s-2\"}".formatted(service))).isZero();
    assertThat(span(service)).isEqualTo(LINKED);
    assertThat(
            FlameGraphReader.foldedStacks(
                stacktraces(
                    CpuQueries.stacktraces(CpuQueries.ofService(service))
                        .addTraceIdSelector(TRACE))))
        .isEqualTo(LINKED);
  }

  private static String newId() {
    return UUID.randomUUID().toString().replace("-", "");
  }

  private static String withHyphens(String id) {
    return id.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5");
  }

  private String export(String version, String protocol, int port, String service, String id) {
    FlamelakeLauncher.Result result =
        FlamelakeLauncher.run(
            dir,
            Duration.ofMinutes(2),
            List.of(
                requireNonNull(programs.get(version), version).toString(),
                "-address=127.0.0.1:" + port,
                "-protocol=" + protocol,
                "-service=" + service,
                "-trace-id=" + TRACE,
                "-span-id=" + SPAN,
                "-profile-id=" + id));
    assertThat(result.status()).as(result.err()).isZero();
    return result.out().strip();
  }

  private Map<String, Long> stacks(String service, String type) {
    return FlameGraphReader.foldedStacks(
        stacktraces(CpuQueries.stacktraces(CpuQueries.ofService(service)).setProfileTypeID(type)));
  }

  private FlameGraph stacktraces(SelectMergeStacktracesRequest.Builder request) {
    return client
        .call(
            CpuQueries.SELECT_STACKTRACES,
            request.build(),
            SelectMergeStacktracesResponse.getDefaultInstance())
        .getFlamegraph();
  }

  private Map<String, Long> span(String service) {
    return FlameGraphReader.foldedStacks(
        client
            .call(
                CpuQueries.QUERIER + "SelectMergeSpanProfile",
                SelectMergeSpanProfileRequest.newBuilder()
                    .setProfileTypeID(CpuQueries.CPU)
                    .setLabelSelector(CpuQueries.ofService(service))
                    .addSpanSelector(SPAN)
                    .setStart(CpuQueries.rangeStart())
                    .setEnd(CpuQueries.rangeEnd())
                    .build(),
                SelectMergeSpanProfileResponse.getDefaultInstance())
            .getFlamegraph());
  }

  private List<String> profileTypes() {
    return client
        .call(
            CpuQueries.QUERIER + "ProfileTypes",
            ProfileTypesRequest.newBuilder()
                .setStart(CpuQueries.rangeStart())
                .setEnd(CpuQueries.rangeEnd())
                .build(),
            ProfileTypesResponse.getDefaultInstance())
        .getProfileTypesList()
        .stream()
        .map(ProfileType::getID)
        .toList();
  }

  private long total(String selector) {
    return stacktraces(CpuQueries.stacktraces(selector.replace("\n", ""))).getTotal();
  }
}
