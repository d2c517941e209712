/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.server.Server;
import io.flamelake.model.ProfileType;
import io.flamelake.model.TenantId;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.RawProfileSeries;
import io.flamelake.proto.types.v1.LabelPair;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadGeneratorTest {

  /** How the server treats every third request. */
  private enum Fault {
    NONE,
    UNAVAILABLE,
    STORES_BUT_FAILS,
    NO_ANSWER,
    REFUSES
  }

  private final List<StoredProfile> stored = Collections.synchronizedList(new ArrayList<>());
  private final Set<UUID> known = Collections.synchronizedSet(new HashSet<>());
  private final AtomicInteger requests = new AtomicInteger();
  private volatile Fault fault = Fault.NONE;
  private Server server = newServer(0);

  private final ProfileSynthesizer synthesizer =
      ProfileSynthesizer.builder()
          .services(2)
          .podsPerService(1)
          .load(0.1)
          .cpuStacksPerService(500)
          .heapStacksPerService(500)
          .build();

  @TempDir Path directory;

  @AfterEach
  void stopServer() {
    server.stop().join();
  }

  @Test
  void pushesWhatTheLedgerSays() throws Exception {
    LoadReport report = run(20);
    assertThat(report.sent()).isGreaterThan(5).isEqualTo(report.acknowledged());
    assertThat(report.failedAttempts()).isZero();
    assertThat(report.pprofBytes()).isPositive();

    LedgerReport check = check();
    assertThat(check.isClean()).as(check.toString()).isTrue();
    assertThat((long) check.acknowledged()).isEqualTo(report.sent());
    assertThat(stored).extracting(row -> row.tenant().value()).contains("tenant-0", "tenant-2");
    assertThat(stored).extracting(StoredProfile::type).contains(ProfileSynthesizer.CPU);
    assertThat(stored).extracting(StoredProfile::type).contains(ProfileSynthesizer.INUSE_SPACE);
  }

  @Test
  void triesAgainWithTheSameIds() throws Exception {
    for (Fault each : List.of(Fault.UNAVAILABLE, Fault.STORES_BUT_FAILS, Fault.NO_ANSWER)) {
      fault = each;
      LoadReport report = run(20);
      assertThat(report.failedAttempts()).as(each.name()).isPositive();
      assertThat(report.unacknowledged()).as(each.name()).isZero();
      LedgerReport check = check();
      assertThat(check.isClean()).as("%s %s", each, check).isTrue();
    }
  }

  @Test
  void leavesRefusedProfilesUnacknowledged() throws Exception {
    fault = Fault.REFUSES;
    LoadReport report = run(20);
    assertThat(report.refused()).isPositive().isEqualTo(report.unacknowledged());
    assertThat(report.failedAttempts()).isZero();
    assertThat(check().isClean()).isTrue();
  }

  @Test
  void survivesTheServer() throws Exception {
    int port = server.activeLocalPort();
    server.stop().join();
    LoadReport report = run(port, 1);
    assertThat(report.acknowledged()).isZero();
    assertThat(report.failedAttempts()).isEqualTo(report.sent()).isPositive();
    assertThat(check().unacknowledged()).isPositive();

    Thread restart =
        new Thread(
            () -> {
              try {
                Thread.sleep(300);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }

              server = newServer(port);
            });
    restart.start();
    LoadReport later = run(port, 50);
    restart.join();
    assertThat(later.failedAttempts()).isPositive();
    assertThat(later.unacknowledged()).isZero();
    assertThat(check().isClean()).isTrue();
  }

  @Test
  void findsWhatAServerLies() throws Exception {
    run(20);
    stored.remove(0);
    assertThat(check().lost()).hasSize(1);
  }

  @Test
  void refusesNonsense() {
    try (Ledger ledger = Ledger.open(directory.resolve("ledger"))) {
      assertThatThrownBy(
              () ->
                  LoadGenerator.builder(URI.create("http://localhost"), ledger)
                      .profilesPerSecond(0))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("profilesPerSecond: 0.0 (expected: > 0)");
    }
  }

  private LoadReport run(int maxAttempts) throws InterruptedException {
    return run(server.activeLocalPort(), maxAttempts);
  }

  private LoadReport run(int port, int maxAttempts) throws InterruptedException {
    try (Ledger ledger = Ledger.open(directory.resolve("ledger"));
        LoadGenerator generator =
            LoadGenerator.builder(URI.create("http://127.0.0.1:" + port), ledger)
                .tenants(3)
                .synthesizer(synthesizer)
                .profilesPerSecond(30)
                .maxAttempts(maxAttempts)
                .retryDelay(Duration.ofMillis(20))
                .requestTimeout(Duration.ofMillis(fault == Fault.NO_ANSWER ? 300 : 5_000))
                .build()) {
      return generator.run(Duration.ofSeconds(1));
    }
  }

  private LedgerReport check() {
    return LedgerChecker.check(
        Ledger.read(directory.resolve("ledger")), consumer -> stored.forEach(consumer));
  }

  private Server newServer(int port) {
    Server started =
        Server.builder()
            .http(port)
            .service(
                "/push.v1.PusherService/Push",
                (ctx, request) ->
                    HttpResponse.of(
                        request
                            .aggregate()
                            .thenApplyAsync(
                                body ->
                                    answer(
                                        request.headers().get("X-Scope-OrgID", ""),
                                        body.content().array()),
                                ctx.blockingTaskExecutor())))
            .build();
    started.start().join();
    return started;
  }

  private HttpResponse answer(String tenant, byte[] body) {
    Fault now = requests.incrementAndGet() % 3 == 0 ? fault : Fault.NONE;
    return switch (now) {
      case UNAVAILABLE -> HttpResponse.of(HttpStatus.SERVICE_UNAVAILABLE);
      case REFUSES -> HttpResponse.of(HttpStatus.BAD_REQUEST);
      case NO_ANSWER -> {
        store(tenant, body);
        yield HttpResponse.streaming();
      }
      case STORES_BUT_FAILS -> {
        store(tenant, body);
        yield HttpResponse.of(HttpStatus.INTERNAL_SERVER_ERROR);
      }
      case NONE -> {
        store(tenant, body);
        yield HttpResponse.of(HttpStatus.OK);
      }
    };
  }

  /** Stores each id once, as a server should. */
  private void store(String tenant, byte[] body) {
    PushRequest request;
    try {
      request = PushRequest.parseFrom(body);
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }

    for (RawProfileSeries series : request.getSeriesList()) {
      UUID id = UUID.fromString(series.getSamples(0).getID());
      if (!known.add(id)) {
        continue;
      }

      byte[] pprof = series.getSamples(0).getRawProfile().toByteArray();
      List<String> sampleTypes = BruteForce.sampleTypes(pprof);
      String name =
          series.getLabelsList().stream()
              .filter(label -> label.getName().equals("__name__"))
              .map(LabelPair::getValue)
              .findAny()
              .orElseThrow();
      for (String sampleType : sampleTypes) {
        String unit = sampleType.equals("cpu") ? "nanoseconds" : "bytes";
        String period = sampleType.equals("cpu") ? "cpu:nanoseconds" : "space:bytes";
        ProfileType type =
            ProfileType.parse(
                name
                    + ":"
                    + sampleType
                    + ":"
                    + (sampleType.equals("alloc_objects") ? "count" : unit)
                    + ":"
                    + period);
        stored.add(
            new StoredProfile(
                new TenantId(tenant), id, type, BruteForce.total(List.of(pprof), sampleType)));
      }
    }
  }
}
