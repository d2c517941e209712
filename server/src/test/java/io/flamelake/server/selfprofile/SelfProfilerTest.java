/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.selfprofile;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.Server;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.RawProfileSeries;
import io.flamelake.proto.types.v1.LabelPair;
import io.flamelake.server.config.SelfProfilingConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SelfProfilerTest {
  private static final SelfProfilingConfig CONFIG =
      new SelfProfilingConfig(false, "", "ops", Duration.ofSeconds(1), Duration.ofMillis(10));

  private final List<RawProfileSeries> pushed = new CopyOnWriteArrayList<>();
  private final List<String> tenants = new CopyOnWriteArrayList<>();

  @Test
  void pushesWhereThisProcessSpendsItsTime() throws Exception {
    Server server = newServer();
    server.start().join();
    AtomicBoolean stop = new AtomicBoolean();
    Thread busy = new Thread(() -> burn(stop), "busy");
    busy.start();
    try (SelfProfiler profiler =
        new SelfProfiler(
            CONFIG,
            URI.create("http://127.0.0.1:" + server.activeLocalPort()),
            Map.of("target", "all"),
            Clock.systemUTC())) {
      profiler.start();
      await().atMost(Duration.ofSeconds(30)).until(() -> findSeries("process_cpu") != null);
    } finally {
      stop.set(true);
      busy.join();
      server.stop().join();
    }

    RawProfileSeries cpu = requireNonNull(findSeries("process_cpu"));
    assertThat(cpu.getLabelsList())
        .extracting(LabelPair::getName)
        .containsExactlyInAnyOrder("__name__", "service_name", "__delta__", "target");
    Profile profile = Profile.parseFrom(cpu.getSamples(0).getRawProfile());
    assertThat(profile.getStringTableList()).contains(SelfProfilerTest.class.getName() + ".burn");
    assertThat(profile.getPeriod()).isEqualTo(10_000_000);
    assertThat(profile.getDurationNanos()).isPositive();
    assertThat(profile.getSampleList())
        .allSatisfy(sample -> assertThat(sample.getValue(0)).isPositive());
    assertThat(tenants).containsOnly("ops");
  }

  private Server newServer() {
    return Server.builder()
        .http(0)
        .service(
            "/push.v1.PusherService/Push",
            (ctx, request) ->
                HttpResponse.of(
                    request
                        .aggregate()
                        .thenApply(
                            body -> {
                              tenants.add(String.valueOf(body.headers().get("x-scope-orgid")));
                              pushed.addAll(parse(body.content().array()).getSeriesList());
                              return HttpResponse.of(HttpStatus.OK);
                            })))
        .build();
  }

  private static PushRequest parse(byte[] body) {
    try {
      return PushRequest.parseFrom(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private @Nullable RawProfileSeries findSeries(String name) {
    return pushed.stream()
        .filter(
            series ->
                series.getLabelsList().stream()
                    .anyMatch(
                        label ->
                            label.getName().equals("__name__") && label.getValue().equals(name)))
        .findFirst()
        .orElse(null);
  }

  private static void burn(AtomicBoolean stop) {
    long x = 1;
    while (!stop.get()) {
      x = x * 6364136223846793005L + 1442695040888963407L;
    }

    assertThat(x).isNotZero();
  }
}
