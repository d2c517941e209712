/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.flamelake.it.AllocatingProgram.Allocated;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesRequest;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a program in Go says it allocated is what queries say, to the unit, though Go's profiles
 * tell only what was allocated since the start, and both the program and Flamelake are killed.
 */
class CumulativeProfilesITCase {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String TENANT = "differences";
  private static final String TENANT_AS_IT_COMES = "as-it-comes";
  private static final String SCRAPED = "scraped";
  private static final String DELTA_PROFILER = "scraped-deltas";
  private static final String PUSHED = "pushed";
  private static final String PUSHED_AS_IT_IS = "pushed-as-it-is";
  private static final String CONFIG =
      """
      scrape_configs:
      - job_name: cumulative
        tenant: differences
        scrape_interval: 500ms
        pprof_config: {process_cpu: {enabled: false}, goroutine: {enabled: false}, mutex: {enabled: false}, block: {enabled: false}}
        file_sd_configs: [{files: ['scraped.json'], refresh_interval: 200ms}]
      - job_name: delta-profiler
        tenant: differences
        scrape_interval: 500ms
        pprof_config: {godeltaprof_memory: {enabled: true}, memory: {enabled: false}, process_cpu: {enabled: false}, goroutine: {enabled: false}, mutex: {enabled: false}, block: {enabled: false}}
        file_sd_configs: [{files: ['scraped-deltas.json'], refresh_interval: 200ms}]
      """;
  private static final String OVERRIDES =
      """
      overrides:
        as-it-comes: {delta_profiles: none}
      """;

  @TempDir private Path dir;

  /** What a query of a range of time has to say. */
  private record Expected(String tenant, String service, long from, long until, Allocated sum) {}

  @Test
  void whatAProgramAllocatesIsCountedOnce() throws IOException {
    Files.writeString(dir.resolve("scrape.yaml"), CONFIG);
    Files.writeString(dir.resolve("overrides.yaml"), OVERRIDES);
    List<Expected> expected = new ArrayList<>();
    try (AllocatingProgram program = AllocatingProgram.start(dir);
        FlamelakeProcess server =
            FlamelakeProcess.start(
                dir.resolve("data"),
                "-auth.multitenancy-enabled=true",
                "-ingester.checkpoint-interval=1s",
                "-limits.overrides-file=" + dir.resolve("overrides.yaml"),
                "-gateway.scrape.config-file=" + dir.resolve("scrape.yaml"))) {
      long start = now();
      Allocated beforeAnyProfile = program.work(7, 3);
      scrape(program, SCRAPED);
      scrape(program, DELTA_PROFILER);
      program.awaitReads();

      long first = now();
      Allocated step1 = program.work(1000, 20);
      program.awaitReads();
      push(program, server);
      Allocated pushed1 = program.allocated();

      long second = now();
      Allocated step2 = program.work(500, 0);
      program.awaitReads();
      push(program, server);
      Allocated pushed2 = program.allocated();
      expected.add(new Expected(TENANT, SCRAPED, first, second, step1));

      // More than the process before had counted in one place, less in the other.
      long third = now();
      program.restart();
      Allocated step3 = program.work(3000, 10);
      program.awaitReads();
      push(program, server);
      Allocated pushed3 = program.allocated();
      expected.add(new Expected(TENANT, SCRAPED, second, third, step2));
      expected.add(
          new Expected(
              TENANT, DELTA_PROFILER, start, third, beforeAnyProfile.plus(step1).plus(step2)));

      long fourth = now();
      Allocated step4 = program.work(11, 13);
      program.awaitReads();
      server.kill();
      Allocated step5 = program.work(17, 19);
      server.restart();
      program.awaitReads();
      expected.add(new Expected(TENANT, SCRAPED, third, fourth, step3));

      long fifth = now();
      Allocated step6 = program.work(1, 1);
      program.awaitReads();
      push(program, server);
      Allocated pushed4 = program.allocated();
      long end = now();
      Allocated withoutScrapes = step4.plus(step5);
      expected.add(new Expected(TENANT, SCRAPED, fourth, fifth, withoutScrapes));
      expected.add(new Expected(TENANT, SCRAPED, fifth, end, step6));
      expected.add(
          new Expected(
              TENANT,
              SCRAPED,
              start,
              end,
              step1.plus(step2).plus(step3).plus(withoutScrapes).plus(step6)));

      expected.add(new Expected(TENANT, PUSHED, start, second, Allocated.NOTHING));
      expected.add(new Expected(TENANT, PUSHED, second, third, step2));
      expected.add(new Expected(TENANT, PUSHED, third, fourth, step3));
      expected.add(new Expected(TENANT, PUSHED, fourth, end, withoutScrapes.plus(step6)));
      Allocated asTheyCame = pushed1.plus(pushed2).plus(pushed3).plus(pushed4);
      expected.add(new Expected(TENANT, PUSHED_AS_IT_IS, start, end, asTheyCame));
      expected.add(new Expected(TENANT_AS_IT_COMES, PUSHED, start, end, asTheyCame));

      for (Expected one : expected) {
        await()
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(200))
            .untilAsserted(() -> assertThat(queried(server, one)).as("%s", one).isEqualTo(one.sum));
      }

      // Once more after profiles and commits in which nothing is new.
      program.awaitReads();
      program.awaitReads();
      for (Expected one : expected) {
        assertThat(queried(server, one)).as("%s", one).isEqualTo(one.sum);
      }
    }
  }

  /** Names the program in the file of a job that is called like the service. */
  private void scrape(AllocatingProgram program, String service) throws IOException {
    Files.writeString(
        dir.resolve(service + ".json"),
        "[{\"targets\": [\"%s\"], \"labels\": {\"service_name\": \"%s\"}}]"
            .formatted(program.address(), service));
  }

  private static void push(AllocatingProgram program, FlamelakeProcess server) {
    Map<String, String> labels = Map.of("__name__", "memory", "service_name", PUSHED);
    program.push(server, TENANT, labels);
    program.push(server, TENANT_AS_IT_COMES, labels);
    program.push(
        server,
        TENANT,
        Map.of("__name__", "memory", "service_name", PUSHED_AS_IT_IS, "__delta__", "false"));
  }

  private static Allocated queried(FlamelakeProcess server, Expected expected) {
    FlamelakeClient client = new FlamelakeClient(server, expected.tenant);
    Map<String, Long> objects = stacks(client, expected, "memory:alloc_objects:count:space:bytes");
    Map<String, Long> bytes = stacks(client, expected, "memory:alloc_space:bytes:space:bytes");
    return new Allocated(
        sum(objects, "main.cart"),
        sum(bytes, "main.cart"),
        sum(objects, "main.search"),
        sum(bytes, "main.search"));
  }

  private static Map<String, Long> stacks(FlamelakeClient client, Expected expected, String type) {
    SelectMergeStacktracesRequest request =
        SelectMergeStacktracesRequest.newBuilder()
            .setProfileTypeID(type)
            .setLabelSelector(CpuQueries.ofService(expected.service))
            .setStart(expected.from)
            .setEnd(expected.until - 1)
            .build();
    return FlameGraphReader.foldedStacks(
        client
            .call(
                CpuQueries.SELECT_STACKTRACES,
                request,
                SelectMergeStacktracesResponse.getDefaultInstance())
            .getFlamegraph());
  }

  private static long sum(Map<String, Long> stacks, String caller) {
    return stacks.entrySet().stream()
        .filter(stack -> stack.getKey().endsWith(caller + ";main.allocate"))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private static long now() {
    return System.currentTimeMillis();
  }
}
