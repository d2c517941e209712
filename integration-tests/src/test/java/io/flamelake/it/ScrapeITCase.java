/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.proto.agent.v1.GetTargetsRequest;
import io.flamelake.proto.agent.v1.GetTargetsResponse;
import io.flamelake.proto.agent.v1.Health;
import io.flamelake.proto.agent.v1.Target;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesRequest;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import io.flamelake.proto.querier.v1.SeriesRequest;
import io.flamelake.proto.querier.v1.SeriesResponse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A server that scrapes programs that files name: one in Go, one in Java, one in Node.js. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ScrapeITCase {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final Duration MAX_INSTALL = Duration.ofMinutes(4);
  private static final String CPU = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
  private static final String MEMORY = "memory:inuse_space:bytes:space:bytes";
  private static final String CONFIG =
      """
      scrape_configs:
      - job_name: go
        scrape_interval: 3s
        file_sd_configs: [{files: ['go-*.json'], refresh_interval: 200ms}]
      - job_name: cpu
        scrape_interval: 2s
        pprof_config: {memory: {enabled: false}, block: {enabled: false}, mutex: {enabled: false}, goroutine: {enabled: false}}
        file_sd_configs: [{files: ['cpu-*.json'], refresh_interval: 200ms}]
      """;

  private final List<Process> programs = new ArrayList<>();
  private Path dir;
  private FlamelakeProcess server;
  private FlamelakeClient client;

  @BeforeAll
  void start(@TempDir Path scratch) throws IOException {
    dir = scratch;
    Path config = dir.resolve("scrape.yaml");
    Files.writeString(config, CONFIG);
    server = FlamelakeProcess.start(dir.resolve("data"), "-gateway.scrape.config-file=" + config);
    client = new FlamelakeClient(server, null);
  }

  @AfterAll
  void stop() {
    programs.forEach(Process::destroyForcibly);
    if (server != null) {
      server.close();
    }
  }

  @Test
  void allProfilesOfAGoProgramAreFound() throws IOException {
    Process program = launch(List.of(GoPrograms.build("scraped", dir).toString()));
    scrape("go", "go-shop", port(program));

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(profileTypes("go-shop"))
                    .contains(
                        CPU,
                        "process_cpu:samples:count:cpu:nanoseconds",
                        MEMORY,
                        "memory:inuse_objects:count:space:bytes",
                        "goroutine:goroutine:count:goroutine:count"));
    await().atMost(PATIENCE).until(() -> functions(CPU, "go-shop").contains("main.burnCPU"));
    assertThat(functions(MEMORY, "go-shop")).contains("main.keepMemory");
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(healths("go-shop")).hasSize(5).containsOnly(Health.HEALTH_UP));
    assertThat(client.getText("/targets")).contains("5 of 5 up");

    program.destroyForcibly();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(healths("go-shop")).containsOnly(Health.HEALTH_DOWN));
  }

  @Test
  void theCpuProfileOfAJavaProgramIsFound() throws IOException {
    HttpServer java = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    java.createContext("/debug/pprof/profile", ScrapeITCase::serveStacks);
    java.start();
    try {
      scrape("cpu", "java-shop", java.getAddress().getPort());

      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  functions(CPU, "java-shop").stream()
                      .anyMatch(function -> function.contains("ScrapeITCase.serveStacks")));
      assertThat(healths("java-shop")).containsExactly(Health.HEALTH_UP);
    } finally {
      java.stop(0);
    }
  }

  @Test
  void theProfileOfANodeProgramIsFound() throws IOException {
    Path program = dir.resolve("node");
    Files.createDirectories(program);
    for (String file : List.of("package.json", "server.js")) {
      Path source = FlamelakeLauncher.root().resolve("integration-tests/src/test/node/scraped");
      Files.copy(source.resolve(file), program.resolve(file));
    }

    FlamelakeLauncher.Result install =
        FlamelakeLauncher.run(
            dir,
            MAX_INSTALL,
            List.of("bash", "-c", "cd '" + program + "' && npm install --no-audit --no-fund"));
    assumeTrue(
        install.status() == 0, "This test needs Node.js and a package of npm: " + install.err());
    Process node = launch(List.of("node", program.resolve("server.js").toString()));
    scrape("cpu", "node-shop", port(node));

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              List<String> types = profileTypes("node-shop");
              assertThat(types).isNotEmpty();
              assertThat(functions(types.get(0), "node-shop"))
                  .anyMatch(function -> function.contains("burnCpu"));
            });
    assertThat(healths("node-shop")).containsExactly(Health.HEALTH_UP);
  }

  /** Adds a program to a job. */
  private void scrape(String job, String service, int port) throws IOException {
    Files.writeString(
        dir.resolve(job + '-' + service + ".json"),
        "[{\"targets\": [\"127.0.0.1:%d\"], \"labels\": {\"service_name\": \"%s\"}}]"
            .formatted(port, service));
  }

  private Process launch(List<String> command) throws IOException {
    Process program =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    programs.add(program);
    return program;
  }

  private static int port(Process program) throws IOException {
    BufferedReader out =
        new BufferedReader(new InputStreamReader(program.getInputStream(), StandardCharsets.UTF_8));
    String line = out.readLine();
    assertThat(line).as("the port that the program prints").isNotNull();
    return Integer.parseInt(line);
  }

  /** What all threads of this program are at, once: a profile of as many samples. */
  private static void serveStacks(HttpExchange exchange) throws IOException {
    PprofBuilder profile =
        new PprofBuilder()
            .addSampleType("cpu", "nanoseconds")
            .periodType("cpu", "nanoseconds")
            .period(10_000_000)
            .timeNanos(Instant.now().toEpochMilli() * 1_000_000)
            .durationNanos(1_000_000_000);
    for (StackTraceElement[] stack : Thread.getAllStackTraces().values()) {
      List<String> frames =
          Arrays.stream(stack)
              .map(frame -> frame.getClassName() + '.' + frame.getMethodName())
              .toList();
      if (!frames.isEmpty()) {
        profile.addSample(frames, 10_000_000);
      }
    }

    byte[] body = profile.toByteArray();
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  /** The types of profiles that a service has, sorted. */
  private List<String> profileTypes(String service) {
    SeriesRequest request =
        SeriesRequest.newBuilder()
            .addMatchers(CpuQueries.ofService(service))
            .addLabelNames("__profile_type__")
            .build();
    return client
        .call("querier.v1.QuerierService/Series", request, SeriesResponse.getDefaultInstance())
        .getLabelsSetList()
        .stream()
        .map(labels -> labels.getLabels(0).getValue())
        .sorted()
        .toList();
  }

  private Set<String> functions(String type, String service) {
    SelectMergeStacktracesRequest request =
        CpuQueries.stacktraces(CpuQueries.ofService(service)).setProfileTypeID(type).build();
    return client
        .call(
            CpuQueries.SELECT_STACKTRACES,
            request,
            SelectMergeStacktracesResponse.getDefaultInstance())
        .getFlamegraph()
        .getNamesList()
        .stream()
        .collect(Collectors.toSet());
  }

  private List<Health> healths(String service) {
    return client
        .call(
            "agent.v1.AgentService/GetTargets",
            GetTargetsRequest.getDefaultInstance(),
            GetTargetsResponse.getDefaultInstance())
        .getActiveTargetsList()
        .stream()
        .filter(target -> service.equals(target.getLabelsMap().get("service_name")))
        .map(Target::getHealth)
        .toList();
  }
}
