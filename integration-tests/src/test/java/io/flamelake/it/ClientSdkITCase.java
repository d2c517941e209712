/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import io.flamelake.proto.querier.v1.FlameGraph;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import io.flamelake.proto.querier.v1.SeriesRequest;
import io.flamelake.proto.querier.v1.SeriesResponse;
import io.flamelake.proto.types.v1.LabelPair;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.opentest4j.TestAbortedException;

/**
 * Whoever is profiled by a client library of Pyroscope can be pointed at Flamelake: programs with
 * unmodified libraries run side by side, and what they spent is found in queries.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientSdkITCase {
  private static final int SECONDS = 16;
  private static final long NANOS_PER_SECOND = 1_000_000_000;
  private static final Duration MAX_RUN = Duration.ofMinutes(3);

  /** What a machine with much else to do may leave of the time. */
  private static final long MIN_NANOS = NANOS_PER_SECOND;

  /**
   * In stacks of a JVM that compiles: its source file, and then bytecode. That takes seconds of the
   * few that a program has whose machine runs the others, too.
   */
  private static final List<String> COMPILERS = List.of("com/sun/tools/javac", "CompileBroker");

  private final Map<ClientSdk, Process> programs = new EnumMap<>(ClientSdk.class);
  private final Map<ClientSdk, String> notRun = new EnumMap<>(ClientSdk.class);
  private Path dir;
  private FlamelakeProcess server;
  private FlamelakeClient client;

  @BeforeAll
  void runAll(@TempDir Path dir) throws IOException, InterruptedException {
    this.dir = dir;
    Map<ClientSdk, List<String>> commands = new EnumMap<>(ClientSdk.class);
    for (ClientSdk sdk : ClientSdk.values()) {
      try {
        commands.put(sdk, sdk.command(dir));
      } catch (TestAbortedException e) {
        notRun.put(sdk, String.valueOf(e.getMessage()));
      }
    }

    server = FlamelakeProcess.start(dir.resolve("data"));
    client = new FlamelakeClient(server, null);
    for (Map.Entry<ClientSdk, List<String>> command : commands.entrySet()) {
      programs.put(command.getKey(), start(command.getKey(), command.getValue()));
    }

    for (Process program : programs.values()) {
      assertThat(program.waitFor(MAX_RUN.toMillis(), TimeUnit.MILLISECONDS)).as("ended").isTrue();
    }
  }

  @AfterAll
  void stop() {
    programs.values().forEach(Process::destroyForcibly);
    if (server != null) {
      server.close();
    }
  }

  @ParameterizedTest
  @EnumSource(ClientSdk.class)
  void findsWhatAProgramSpent(ClientSdk sdk) throws IOException {
    abortUnlessRun(sdk);
    String output = Files.readString(output(sdk));
    assertThat(programs.get(sdk)).as(output).extracting(Process::exitValue).isEqualTo(0);
    assertThat(profileTypes(sdk)).as(output).containsAll(sdk.profileTypes());

    Map<String, Long> stacks = stacks(sdk, selector(sdk));
    long run = sum(stacks, stack -> COMPILERS.stream().noneMatch(stack::contains));
    assertThat(sum(stacks, stack -> stack.contains(sdk.hotFunction())))
        .as("nanoseconds of %s, of %d that the program ran", sdk.hotFunction(), run)
        .isBetween(Math.max(MIN_NANOS, run / 2), 2 * SECONDS * NANOS_PER_SECOND);
  }

  /** The agent sends labels of parts of a program beside the JFR file. */
  @Test
  void tellsPartsOfTheJavaProgramApart() throws IOException {
    abortUnlessRun(ClientSdk.JAVA);
    String output = Files.readString(output(ClientSdk.JAVA));
    String cart = "{service_name=\"" + ClientSdk.JAVA.service() + "\", route=\"/cart\"}";

    long all = computing(ClientSdk.JAVA, selector(ClientSdk.JAVA));
    long labelled = computing(ClientSdk.JAVA, cart);

    // It computes by turns with the label and without.
    assertThat(labelled).as(output).isBetween(all / 4, all * 3 / 4);
  }

  private Process start(ClientSdk sdk, List<String> command) throws IOException {
    String url = server.uri("").toString();
    List<String> complete = new ArrayList<>(command);
    complete.addAll(List.of(url, Integer.toString(SECONDS)));
    ProcessBuilder builder =
        new ProcessBuilder(complete).redirectErrorStream(true).redirectOutput(output(sdk).toFile());
    builder.environment().putAll(sdk.environment(url));
    return builder.start();
  }

  private Path output(ClientSdk sdk) {
    return dir.resolve(sdk + ".log");
  }

  /** The types of the program's profiles that have the label which the program gave them. */
  private List<String> profileTypes(ClientSdk sdk) {
    return client
        .call(
            CpuQueries.QUERIER + "Series",
            SeriesRequest.newBuilder()
                .addMatchers(selector(sdk))
                .addLabelNames("__profile_type__")
                .setStart(CpuQueries.rangeStart())
                .setEnd(CpuQueries.rangeEnd())
                .build(),
            SeriesResponse.getDefaultInstance())
        .getLabelsSetList()
        .stream()
        .flatMap(labels -> labels.getLabelsList().stream())
        .map(LabelPair::getValue)
        .toList();
  }

  private void abortUnlessRun(ClientSdk sdk) {
    if (notRun.containsKey(sdk)) {
      abort("The client library " + sdk + " was not run: " + notRun.get(sdk));
    }
  }

  /** What the function that computes has in a flame graph. */
  private long computing(ClientSdk sdk, String selector) {
    return sum(stacks(sdk, selector), stack -> stack.contains(sdk.hotFunction()));
  }

  private static long sum(Map<String, Long> stacks, Predicate<String> condition) {
    return stacks.entrySet().stream()
        .filter(stack -> condition.test(stack.getKey()))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private Map<String, Long> stacks(ClientSdk sdk, String selector) {
    FlameGraph flameGraph =
        client
            .call(
                CpuQueries.SELECT_STACKTRACES,
                CpuQueries.stacktraces(selector)
                    .setProfileTypeID(sdk.profileTypes().get(0))
                    .build(),
                SelectMergeStacktracesResponse.getDefaultInstance())
            .getFlamegraph();
    return FlameGraphReader.foldedStacks(flameGraph);
  }

  private static String selector(ClientSdk sdk) {
    return "{service_name=\"" + sdk.service() + "\", zone=\"z1\"}";
  }
}
