/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.Message;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.PushResponse;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesRequest;
import io.flamelake.proto.querier.v1.SelectSeriesRequest;
import io.flamelake.segment.LaneId;
import io.flamelake.segment.SegmentId;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.SegmentWriter;
import io.flamelake.testkit.Gzip;
import io.flamelake.testkit.TestProfiles;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * B1, B2, B3, B9 and B12 of the list of bad inputs: each is refused by itself, and the server goes
 * on.
 */
class BadInputITCase extends BaseServerITCase {
  private static final long TINY_TOTAL = 60;
  private static final String PUSH = "/" + PushRequests.METHOD;
  private static final String PROTO = "application/proto";

  BadInputITCase() {
    super("-ingester.checkpoint-interval=1s");
  }

  static Stream<Arguments> malformed() {
    return arguments(BrokenPprofs.malformed());
  }

  static Stream<Arguments> repaired() {
    return arguments(BrokenPprofs.repaired());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void refusesAMalformedProfileAndStoresItsNeighbour(String fault, byte[] pprof) {
    HttpResponse<byte[]> response = pushWithNeighbour(fault, pprof);

    assertThat(response.statusCode()).as(text(response)).isIn(400, 413);
    assertThat(text(response)).contains("\"code\":").contains("\"message\":");
    assertThat(CpuTotals.ofFlameGraph(client, neighbour(fault))).isEqualTo(TINY_TOTAL);
    assertThat(CpuTotals.ofFlameGraph(client, fault)).isZero();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("repaired")
  void takesAProfileThatCanBeRepaired(String oddity, byte[] pprof) {
    HttpResponse<byte[]> response = pushWithNeighbour(oddity, pprof);

    assertThat(response.statusCode()).as(text(response)).isEqualTo(200);
    assertThat(CpuTotals.ofFlameGraph(client, neighbour(oddity))).isEqualTo(TINY_TOTAL);
    assertThat(CpuTotals.ofFlameGraph(client, oddity)).isEqualTo(TINY_TOTAL);
  }

  @Test
  void cutsAStackOfAHundredThousandFrames() {
    HttpResponse<byte[]> response = pushWithNeighbour("deep", BrokenPprofs.deepStack());

    assertThat(response.statusCode()).as(text(response)).isEqualTo(200);
    assertThat(CpuTotals.ofFlameGraph(client, "deep")).isEqualTo(60);
    assertThat(CpuTotals.ofFlameGraph(client, neighbour("deep"))).isEqualTo(TINY_TOTAL);
  }

  @Test
  void countsWhatItDiscardsByReason() {
    pushWithNeighbour("counted", new byte[] {1, 2, 3});

    assertThat(client.getText("/metrics"))
        .containsPattern(
            "flamelake_gateway_discarded_profiles_total\\{[^}]*reason=\"malformed_profile\"");
  }

  @Test
  void refusesABodyThatIsNotEncodedAsItClaims() {
    byte[] body = goodRequest("encoding").toByteArray();
    byte[] gzip = Gzip.compress(body);

    assertThat(client.post(PUSH, PROTO, "gzip", body).statusCode()).isEqualTo(400);
    assertThat(client.post(PUSH, PROTO, "gzip, gzip", Gzip.compress(gzip)).statusCode())
        .isEqualTo(400);
    assertThat(client.post(PUSH, PROTO, "br", body).statusCode()).isEqualTo(400);
    assertThat(client.post(PUSH, PROTO, gzip).statusCode()).isEqualTo(400);
    assertThat(client.post(PUSH, PROTO, "gzip", BrokenPprofs.bomb(100)).statusCode())
        .isEqualTo(413);
    assertThat(CpuTotals.ofFlameGraph(client, "encoding")).isZero();
    assertThat(client.post(PUSH, PROTO, "gzip", gzip).statusCode()).isEqualTo(200);
    assertThat(CpuTotals.ofFlameGraph(client, "encoding")).isEqualTo(TINY_TOTAL);
  }

  @Test
  void refusesStepsThatAreNone() {
    for (double step : new double[] {0, -1, 0.0001, Double.NaN, Double.POSITIVE_INFINITY}) {
      SelectSeriesRequest request = CpuQueries.series("{}").setStep(step).build();
      expectInvalid(CpuQueries.SELECT_SERIES, request, "step " + step);
    }
  }

  @Test
  void refusesRangesThatAreNone() {
    long end = CpuQueries.rangeEnd();
    for (long start : new long[] {end + 1, end - Duration.ofDays(3650).toMillis()}) {
      expectInvalid(
          CpuQueries.SELECT_SERIES,
          CpuQueries.series("{}").setStart(start).setEnd(end).build(),
          "range");
      expectInvalid(
          CpuQueries.SELECT_STACKTRACES,
          CpuQueries.stacktraces("{}").setStart(start).setEnd(end).build(),
          "range");
    }
  }

  @Test
  void refusesNumbersOfNodesThatAreNone() {
    for (long maxNodes : new long[] {-1, 1L << 31, Long.MIN_VALUE, Long.MAX_VALUE}) {
      SelectMergeStacktracesRequest request =
          CpuQueries.stacktraces("{}").setMaxNodes(maxNodes).build();
      expectInvalid(CpuQueries.SELECT_STACKTRACES, request, "maxNodes " + maxNodes);
    }

    SelectMergeStacktracesRequest defaultNodes =
        CpuQueries.stacktraces("{}").setMaxNodes(0).build();
    assertThat(
            client
                .post("/" + CpuQueries.SELECT_STACKTRACES, PROTO, defaultNodes.toByteArray())
                .statusCode())
        .isEqualTo(200);
  }

  @Test
  void goesOnBesideAForeignObjectAndACorruptSegment(@TempDir Path dir) throws IOException {
    try (FlamelakeProcess own =
        FlamelakeProcess.start(dir.resolve("data"), "-ingester.checkpoint-interval=1s")) {
      FlamelakeClient ownClient = new FlamelakeClient(own, null);
      push(ownClient, "before");
      assertThat(own.terminate()).isIn(0, 143);

      Path segments = own.storage().resolve("segments");
      Files.writeString(segments.resolve("README.txt"), "not a segment");
      Files.writeString(
          Files.createDirectories(segments.resolve("not-a-lane")).resolve("object"), "neither");
      SegmentId corrupt = new SegmentId(LaneId.random(Clock.systemUTC()), 0);
      Path file = own.storage().resolve(corrupt.key().value());
      Files.createDirectories(file.getParent());
      Files.write(file, segmentWithFlippedBit("corrupt"));

      own.restart();
      push(ownClient, "after");
      assertThat(CpuTotals.ofFlameGraph(ownClient, "before")).isEqualTo(TINY_TOTAL);
      assertThat(CpuTotals.ofFlameGraph(ownClient, "after")).isEqualTo(TINY_TOTAL);

      awaitCommit(own, "after");
      await().atMost(Duration.ofSeconds(30)).until(() -> isQuarantined(own.storage(), corrupt));
      assertThat(CpuTotals.ofFlameGraph(ownClient, "before")).isEqualTo(TINY_TOTAL);
      assertThat(CpuTotals.ofFlameGraph(ownClient, "after")).isEqualTo(TINY_TOTAL);
      assertThat(CpuTotals.ofFlameGraph(ownClient, "corrupt")).isZero();
      assertThat(file).as("the segment itself").exists();
    }
  }

  private static boolean isQuarantined(Path storage, SegmentId id) throws IOException {
    Path reports = storage.resolve("quarantine").resolve(id.lane().value());
    if (!Files.isDirectory(reports)) {
      return false;
    }

    try (Stream<Path> files = Files.list(reports)) {
      return files.findAny().isPresent();
    }
  }

  private static void awaitCommit(FlamelakeProcess process, String service) {
    try (OpenTables tables = OpenTables.of(process.storage())) {
      tables.awaitProfile(service);
    }
  }

  private static byte[] segmentWithFlippedBit(String service) {
    Instant now = Instant.now();
    SegmentWriter writer = new SegmentWriter();
    writer.add(
        TenantId.ANONYMOUS,
        SegmentRecord.builder()
            .generatedId(UUID.randomUUID())
            .receiveTimeNanos(TimeUnit.MILLISECONDS.toNanos(now.toEpochMilli()))
            .labels(LabelSet.of("__name__", "process_cpu", "service_name", service))
            .payload(TestProfiles.tinyCpu(now))
            .build());
    byte[] segment = writer.finish();
    segment[segment.length / 2] ^= 1;
    return segment;
  }

  private HttpResponse<byte[]> pushWithNeighbour(String service, byte[] pprof) {
    byte[] good = TestProfiles.tinyCpu(Instant.now());
    PushRequest request =
        PushRequests.of(
            PushRequests.cpu(service, PushRequests.sample(pprof)),
            PushRequests.cpu(neighbour(service), PushRequests.sample(good)));
    return client.post(PUSH, PROTO, request.toByteArray());
  }

  private static void push(FlamelakeClient to, String service) {
    to.call(PushRequests.METHOD, goodRequest(service), PushResponse.getDefaultInstance());
  }

  private static PushRequest goodRequest(String service) {
    byte[] good = TestProfiles.tinyCpu(Instant.now());
    return PushRequests.of(PushRequests.cpu(service, PushRequests.sample(good)));
  }

  private void expectInvalid(String method, Message request, String what) {
    HttpResponse<byte[]> response = client.post("/" + method, PROTO, request.toByteArray());
    assertThat(response.statusCode()).as(what + ": " + text(response)).isEqualTo(400);
    assertThat(text(response)).as(what).contains("invalid_argument");
  }

  private static Stream<Arguments> arguments(Map<String, byte[]> pprofs) {
    return pprofs.entrySet().stream().map(entry -> Arguments.of(entry.getKey(), entry.getValue()));
  }

  private static String neighbour(String service) {
    return "neighbour of " + service;
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), UTF_8);
  }
}
