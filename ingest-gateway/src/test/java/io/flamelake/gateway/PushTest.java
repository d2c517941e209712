/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway;

import static io.flamelake.gateway.TestGateway.cpuLabels;
import static io.flamelake.gateway.TestGateway.series;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.protocol.UnaryGrpcClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.SerializationFormat;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import io.flamelake.gateway.TestGateway.Stored;
import io.flamelake.gateway.limits.Limits;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.proto.google.v1.Function;
import io.flamelake.proto.google.v1.Label;
import io.flamelake.proto.google.v1.Line;
import io.flamelake.proto.google.v1.Location;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.google.v1.Sample;
import io.flamelake.proto.google.v1.ValueType;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.RawProfileSeries;
import io.flamelake.proto.push.v1.RawSample;
import io.flamelake.proto.types.v1.LabelPair;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.store.InMemoryObjectStore;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PushTest {

  private final TestGateway gateway =
      new TestGateway(TestGateway.config(), new InMemoryObjectStore());

  @AfterEach
  void close() {
    gateway.close();
  }

  @Test
  void storesAProfileBeforeItAnswers() {
    UUID id = UUID.randomUUID();
    byte[] profile = TestProfiles.cpu().toByteArray();

    AggregatedHttpResponse response = gateway.push(series(cpuLabels(), id, profile));

    assertThat(response.status()).isEqualTo(HttpStatus.OK);
    SegmentRecord record = onlyRecord();
    assertThat(record.profileId()).isEqualTo(id);
    assertThat(record.hasClientId()).as("client's id").isTrue();
    assertThat(record.labels()).isEqualTo(cpuLabels());
    assertThat(payload(record)).isEqualTo(profile);
  }

  @Test
  void storesGzippedProfilesUncompressed() {
    byte[] profile = TestProfiles.cpu().toByteArray();

    gateway.push(series(TestProfiles.gzip(profile)));

    assertThat(payload(onlyRecord())).isEqualTo(profile);
  }

  @Test
  void takesGzipOfSeveralMembers() {
    byte[] profile = TestProfiles.cpu().toByteArray();
    ByteArrayOutputStream members = new ByteArrayOutputStream();
    members.writeBytes(TestProfiles.gzip(Arrays.copyOf(profile, 10)));
    members.writeBytes(TestProfiles.gzip(Arrays.copyOfRange(profile, 10, profile.length)));

    assertThat(gateway.push(series(members.toByteArray())).status()).isEqualTo(HttpStatus.OK);
    assertThat(payload(onlyRecord())).isEqualTo(profile);
  }

  @Test
  void takesJsonAsCurlSendsIt() {
    String json =
        """
        {"series":[{"labels":[{"name":"__name__","value":"process_cpu"},
         {"name":"service_name","value":"svc"}],"annotations":[{"key":"a","value":"b"}],
         "samples":[{"ID":"734FD599-6865-419E-9475-932762D8F469","rawProfile":"%s"}]}]}
        """
            .formatted(
                Base64.getEncoder()
                    .encodeToString(TestProfiles.gzip(TestProfiles.cpu().toByteArray())));

    AggregatedHttpResponse response =
        gateway.post(TestGateway.PUSH, "application/json", json.getBytes(StandardCharsets.UTF_8));

    assertThat(response.contentUtf8()).isEqualTo("{}");
    assertThat(onlyRecord().profileId())
        .isEqualTo(UUID.fromString("734fd599-6865-419e-9475-932762d8f469"));
  }

  @Test
  void takesGrpcAndGrpcWeb() {
    PushRequest request =
        PushRequest.newBuilder().addSeries(series(TestProfiles.cpu().toByteArray())).build();
    for (SerializationFormat format :
        List.of(
            GrpcSerializationFormats.PROTO,
            GrpcSerializationFormats.PROTO_WEB,
            GrpcSerializationFormats.PROTO_WEB_TEXT)) {
      UnaryGrpcClient client =
          new UnaryGrpcClient(WebClient.of("h2c://127.0.0.1:" + gateway.port()), format);
      assertThat(client.execute(TestGateway.PUSH, request.toByteArray()).join()).isEmpty();
    }

    assertThat(gateway.stored()).hasSize(3);
  }

  @ParameterizedTest
  @CsvSource({"''", "not-a-uuid", "1-1-1-1-1"})
  void makesAnIdWhereTheClientHasNone(String id) {
    RawProfileSeries series =
        series(TestProfiles.cpu().toByteArray()).toBuilder()
            .setSamples(
                0,
                RawSample.newBuilder()
                    .setID(id)
                    .setRawProfile(ByteString.copyFrom(TestProfiles.cpu().toByteArray())))
            .build();

    gateway.push(series);

    assertThat(onlyRecord().hasClientId()).as("client's id").isFalse();
  }

  // Labels

  @Test
  void namesTheServiceThatHasNoName() {
    gateway.push(
        series(
            LabelSet.of("__name__", "process_cpu"),
            UUID.randomUUID(),
            TestProfiles.cpu().toByteArray()));

    assertThat(onlyRecord().labels())
        .isEqualTo(LabelSet.of("__name__", "process_cpu", "service_name", "unknown_service"));
  }

  @Test
  void dropsTheSessionAndKeepsUnusualNames() {
    LabelSet labels = cpuLabels().with("k8s.pod.name", "x").with("__delta__", "false");

    gateway.push(
        series(
            labels.with("__session_id__", "17"),
            UUID.randomUUID(),
            TestProfiles.cpu().toByteArray()));

    assertThat(onlyRecord().labels()).isEqualTo(labels);
  }

  @Test
  void renamesGoDeltaProfiles() {
    PprofBuilder heap =
        new PprofBuilder()
            .addSampleType("alloc_space", "bytes")
            .periodType("space", "bytes")
            .period(1)
            .addSample(List.of("main"), 5);

    gateway.push(
        series(
            cpuLabels().with("__name__", "godeltaprof_memory"),
            UUID.randomUUID(),
            heap.toByteArray()));

    assertThat(onlyRecord().labels())
        .isEqualTo(
            cpuLabels()
                .with("__name__", "memory")
                .with("__name_replaced__", "godeltaprof_memory")
                .with("__delta__", "false"));
  }

  @ParameterizedTest
  @CsvSource({
    "memory, alloc_space, '', true",
    "memory, alloc_space, true, true",
    "memory, alloc_space, false, false",
    "memory, inuse_space, '', ''",
    "mutex, delay, '', ''",
    "block, contentions, '', true",
    "process_cpu, cpu, true, ''"
  })
  void saysOfARecordWhetherItIsCumulative(
      String name, String sampleType, String pushed, String stored) {
    PprofBuilder pprof =
        new PprofBuilder()
            .addSampleType("samples", "count")
            .addSampleType(sampleType, "count")
            .addSample(List.of("main"), 5, 6);
    Limits limits =
        TestGateway.config().limits().toBuilder().deltaProfiles(Set.of("memory", "block")).build();
    try (TestGateway limited =
        new TestGateway(TestGateway.config().withLimits(limits), new InMemoryObjectStore())) {
      LabelSet labels = cpuLabels().with("__name__", name);

      limited.push(
          series(labels.with("__delta__", pushed), UUID.randomUUID(), pprof.toByteArray()));

      assertThat(limited.stored().get(0).record().labels())
          .isEqualTo(labels.with("__delta__", stored));
    }
  }

  @Test
  void movesCpuTimeOutOfWallProfiles() throws Exception {
    byte[] profile =
        new PprofBuilder()
            .addSampleType("samples", "count")
            .addSampleType("cpu", "nanoseconds")
            .addSampleType("wall", "nanoseconds")
            .periodType("wall", "nanoseconds")
            .period(1)
            .addSample(List.of("main"), 1, 2, 3)
            .toByteArray();
    UUID id = UUID.randomUUID();

    gateway.push(series(cpuLabels().with("__name__", "wall"), id, profile));

    List<Stored> stored = gateway.stored();
    assertThat(stored).hasSize(2);
    Profile wall = Profile.parseFrom(payload(stored.get(0).record()));
    assertThat(stored.get(0).record().labels()).isEqualTo(cpuLabels().with("__name__", "wall"));
    assertThat(wall.getSample(0).getValueList()).containsExactly(1L, 3L);
    Profile cpu = Profile.parseFrom(payload(stored.get(1).record()));
    assertThat(stored.get(1).record().labels())
        .isEqualTo(cpuLabels().with("__name_replaced__", "wall"));
    assertThat(cpu.getSample(0).getValueList()).containsExactly(2L);
    assertThat(stored).allSatisfy(s -> assertThat(s.record().profileId()).isEqualTo(id));
  }

  static Stream<Arguments> badLabels() {
    String[] many = new String[2 * 32];
    for (int i = 0; i < many.length; i += 2) {
      many[i] = i == 0 ? "__name__" : "label" + i;
      many[i + 1] = "v";
    }

    return Stream.of(
        Arguments.of("no labels", new String[0], "missing_labels", "at least one label"),
        Arguments.of(
            "no name", new String[] {"service_name", "a"}, "invalid_labels", "invalid metric name"),
        Arguments.of(
            "duplicate",
            new String[] {"__name__", "cpu", "a", "1", "a", "1"},
            "duplicate_label_names",
            "duplicate label name: 'a'"),
        Arguments.of(
            "too many", many, "max_label_names_per_series", "has 31 label names; limit 30"),
        Arguments.of(
            "long name",
            new String[] {"__name__", "cpu", "ä".repeat(513), "x"},
            "label_name_too_long",
            "label name too long"),
        Arguments.of(
            "long value",
            new String[] {"__name__", "cpu", "a", "x".repeat(2049)},
            "label_value_too_long",
            "label value too long"),
        Arguments.of(
            "colon in name", new String[] {"__name__", "a:b"}, "invalid_labels", "labels"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badLabels")
  void refusesBadLabels(String name, String[] labels, String reason, String message) {
    RawProfileSeries.Builder series = RawProfileSeries.newBuilder();
    for (int i = 0; i < labels.length; i += 2) {
      series.addLabels(LabelPair.newBuilder().setName(labels[i]).setValue(labels[i + 1]));
    }

    series.addSamples(
        RawSample.newBuilder()
            .setRawProfile(ByteString.copyFrom(TestProfiles.cpu().toByteArray())));

    AggregatedHttpResponse response = gateway.push(series.build());

    assertThat(response.status()).as(response.contentUtf8()).isEqualTo(HttpStatus.BAD_REQUEST);
    assertThat(response.contentUtf8())
        .contains(
            "\"code\":\"invalid_argument\"",
            "\"Tenant anonymous: push series with index 0 and id ",
            message);
    assertThat(gateway.discarded(reason)).isEqualTo(1);
    assertThat(gateway.stored()).isEmpty();
  }

  @Test
  void takesLabelsAtTheirLimits() {
    LabelSet labels =
        LabelSet.of(
            "__name__", "process_cpu", "service_name", "a", "n".repeat(1024), "v".repeat(2048));
    for (int i = 1; i < 30; i++) {
      labels = labels.with("label" + i, "v");
    }

    AggregatedHttpResponse response =
        gateway.push(series(labels, UUID.randomUUID(), TestProfiles.cpu().toByteArray()));

    assertThat(response.status()).as(response.contentUtf8()).isEqualTo(HttpStatus.OK);
  }

  @Test
  void refusesSampleLabelsThatMakeTheSeriesTooLarge() {
    LabelSet sampleLabels = LabelSet.EMPTY;
    for (int i = 0; i < 31; i++) {
      sampleLabels = sampleLabels.with("label" + i, "v");
    }

    AggregatedHttpResponse response =
        gateway.push(series(TestProfiles.withSampleLabels(sampleLabels).toByteArray()));

    assertThat(response.status()).isEqualTo(HttpStatus.BAD_REQUEST);
    assertThat(gateway.discarded("max_label_names_per_series")).isEqualTo(1);
  }

  // Profiles

  static Stream<Arguments> badProfiles() {
    byte[] good = TestProfiles.cpu().toByteArray();
    byte[] gzip = TestProfiles.gzip(good);
    return Stream.of(
        bad("gzip bomb", TestProfiles.gzip(new byte[64 << 20]), "profile_size_limit"),
        bad("gzip in gzip", TestProfiles.gzip(gzip), "malformed_profile"),
        bad("zstd bomb", hex("28b52ffda0ffffff7f5d000010000001"), "malformed_profile"),
        bad("truncated gzip", Arrays.copyOf(gzip, gzip.length - 5), "malformed_profile"),
        bad("trailing garbage", Arrays.copyOf(gzip, gzip.length + 5), "malformed_profile"),
        bad("larger than 4 MiB", new byte[(4 << 20) + 1], "profile_size_limit"),
        bad("empty", new byte[0], "malformed_profile"),
        bad("no protobuf", new byte[] {1, 2, 3}, "malformed_profile"),
        bad("11-byte varint", hex("08ffffffffffffffffffff01"), "malformed_profile"),
        bad("length beyond the buffer", hex("12ff01"), "malformed_profile"),
        bad("no sample type", broken(p -> p.clearSampleType()), "malformed_profile"),
        bad(
            "string index out of range",
            broken(p -> p.getSampleTypeBuilder(0).setUnit(999)),
            "malformed_profile"),
        bad(
            "negative string index",
            broken(p -> p.getSampleTypeBuilder(0).setType(-1)),
            "malformed_profile"),
        bad(
            "location 0",
            broken(p -> p.getSampleBuilder(0).setLocationId(0, 0)),
            "malformed_profile"),
        bad(
            "unknown location",
            broken(p -> p.getSampleBuilder(0).setLocationId(0, 999)),
            "malformed_profile"),
        bad("function 0", broken(p -> p.getFunctionBuilder(0).setId(0)), "malformed_profile"),
        bad(
            "unknown mapping",
            broken(p -> p.getLocationBuilder(0).setMappingId(77)),
            "malformed_profile"),
        bad(
            "value count mismatch",
            broken(p -> p.getSampleBuilder(0).addValue(1)),
            "malformed_profile"),
        bad("first string not empty", broken(p -> p.setStringTable(0, "x")), "malformed_profile"),
        bad(
            "dash in sample type",
            broken(
                p ->
                    p.addStringTable("a-b")
                        .getSampleTypeBuilder(0)
                        .setType(p.getStringTableCount() - 1)),
            "malformed_profile"),
        bad(
            "many samples",
            broken(p -> p.addAllSample(Collections.nCopies(16_000, p.getSample(0)))),
            "samples_limit"),
        bad(
            "many sample labels",
            broken(
                p ->
                    p.getSampleBuilder(0)
                        .addAllLabel(
                            Collections.nCopies(
                                101, Label.newBuilder().setKey(1).setStr(1).build()))),
            "sample_labels_limit"),
        bad(
            "too old",
            broken(p -> p.setTimeNanos(TestProfiles.nanos(Instant.now().minusSeconds(3700)))),
            "not_in_ingestion_window"),
        bad(
            "too new",
            broken(p -> p.setTimeNanos(TestProfiles.nanos(Instant.now().plusSeconds(700)))),
            "not_in_ingestion_window"),
        bad("negative time", broken(p -> p.setTimeNanos(-1)), "not_in_ingestion_window"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("badProfiles")
  void refusesBadProfilesAndStoresTheirNeighbours(String name, byte[] profile, String reason) {
    UUID before = UUID.randomUUID();
    UUID after = UUID.randomUUID();
    UUID bad = UUID.randomUUID();
    byte[] good = TestProfiles.gzip(TestProfiles.cpu().toByteArray());

    AggregatedHttpResponse response =
        gateway.push(
            series(cpuLabels(), before, good),
            series(cpuLabels(), bad, profile),
            series(cpuLabels(), after, good));

    assertThat(response.status()).as(response.contentUtf8()).isEqualTo(HttpStatus.BAD_REQUEST);
    assertThat(response.contentUtf8())
        .contains("push series with index 1 and id " + bad + " failed: ");
    assertThat(gateway.stored())
        .extracting(stored -> stored.record().profileId())
        .containsExactlyInAnyOrder(before, after);
    assertThat(gateway.discarded(reason)).as("discarded for " + reason).isEqualTo(1);
    Awaitility.await().untilAsserted(() -> assertThat(gateway.bufferBytes()).isZero());
  }

  static Stream<Arguments> repairedProfiles() {
    return Stream.of(
        Arguments.of("time 0", broken(p -> p.clearTimeNanos())),
        Arguments.of("period 0", broken(p -> p.clearPeriod().clearPeriodType())),
        Arguments.of("deep stack", deepStack()),
        Arguments.of("long string", broken(p -> p.setStringTable(3, "x".repeat(70_000)))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("repairedProfiles")
  void takesProfilesThatReadersRepair(String name, byte[] profile) {
    AggregatedHttpResponse response = gateway.push(series(profile));

    assertThat(response.status()).as(response.contentUtf8()).isEqualTo(HttpStatus.OK);
    assertThat(payload(onlyRecord())).isEqualTo(profile);
  }

  static Stream<Arguments> nothingLeft() {
    return Stream.of(
        Arguments.of("no samples", TestProfiles.empty().toByteArray()),
        Arguments.of("zeros", TestProfiles.empty().addSample(List.of("main"), 0).toByteArray()),
        Arguments.of(
            "negative", TestProfiles.empty().addSample(List.of("main"), -5).toByteArray()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("nothingLeft")
  void storesNothingWhereNothingIsLeft(String name, byte[] profile) {
    assertThat(gateway.push(series(profile)).status()).isEqualTo(HttpStatus.OK);
    assertThat(gateway.stored()).isEmpty();
  }

  @Test
  void refusesRequestsWithoutSeries() {
    AggregatedHttpResponse response = gateway.push();

    assertThat(response.status()).isEqualTo(HttpStatus.BAD_REQUEST);
    assertThat(response.contentUtf8()).contains("no profiles received");
  }

  @Test
  void takesASeriesWithoutProfiles() {
    assertThat(gateway.push(RawProfileSeries.getDefaultInstance()).status())
        .isEqualTo(HttpStatus.OK);
  }

  @Test
  void refusesWhatIsOverTheRate() {
    Limits limits = Limits.defaults().withIngestionRate(1, 10);
    try (TestGateway limited =
        new TestGateway(TestGateway.config().withLimits(limits), new InMemoryObjectStore())) {
      byte[] profile = TestProfiles.cpu().toByteArray();
      assertThat(limited.push(series(profile)).status()).isEqualTo(HttpStatus.OK);

      AggregatedHttpResponse response = limited.push(series(profile));

      assertThat(response.status()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
      assertThat(response.headers().get("retry-after")).isEqualTo("1");
      assertThat(limited.discarded("rate_limited")).isEqualTo(1);
    }
  }

  @Test
  void doesNotDecompressWhatIsOverTheRate() {
    Limits limits = Limits.defaults().withIngestionRate(1, 10);
    try (TestGateway limited =
        new TestGateway(TestGateway.config().withLimits(limits), new InMemoryObjectStore())) {
      byte[] damaged = TestProfiles.gzip(TestProfiles.large(1, 100));
      damaged[damaged.length / 2] ^= 1;
      assertThat(limited.push(series(damaged)).status()).isEqualTo(HttpStatus.BAD_REQUEST);
      byte[] profile = TestProfiles.cpu().toByteArray();
      assertThat(limited.push(series(profile)).status()).isEqualTo(HttpStatus.OK);

      AggregatedHttpResponse response = limited.push(series(damaged));

      assertThat(response.status()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS);
      assertThat(response.contentUtf8())
          .contains("while adding " + TestProfiles.large(1, 100).length + " B");
    }
  }

  @Test
  void refusesProfilesThatAreTooLargeTogether() {
    byte[] small = TestProfiles.gzip(TestProfiles.large(1, 100));
    int size = TestProfiles.large(1, 100).length;
    Limits limits = Limits.defaults().withIngestionBodyBytes(size * 2L + 1);
    try (TestGateway limited =
        new TestGateway(TestGateway.config().withLimits(limits), new InMemoryObjectStore())) {
      AggregatedHttpResponse response = limited.push(series(small), series(small), series(small));

      assertThat(response.status()).isEqualTo(HttpStatus.BAD_REQUEST);
      assertThat(response.contentUtf8())
          .contains("uncompressed batched profile payload size exceeds limit of ");
      assertThat(limited.discarded("body_size_limit_exceeded")).isEqualTo(1);
      assertThat(limited.stored()).hasSize(2);
    }
  }

  // Tenants

  @Test
  void keepsTenantsApart() {
    try (TestGateway shared =
        new TestGateway(TestGateway.config().withMultitenancy(true), new InMemoryObjectStore())) {
      UUID a = UUID.randomUUID();
      UUID b = UUID.randomUUID();
      byte[] profile = TestProfiles.cpu().toByteArray();

      shared.pushAs("team-a", series(cpuLabels(), a, profile));
      shared.pushAs("it's(b)*!", series(cpuLabels(), b, profile));

      assertThat(shared.pushAs(null, series(profile)).status()).isEqualTo(HttpStatus.UNAUTHORIZED);
      assertThat(shared.pushAs("..", series(profile)).status()).isEqualTo(HttpStatus.BAD_REQUEST);
      assertThat(shared.stored())
          .extracting(stored -> stored.tenant().value() + "=" + stored.record().profileId())
          .containsExactlyInAnyOrder("team-a=" + a, "it's(b)*!=" + b);
    }
  }

  @Test
  void takesFromEachTenantWhatItsLimitsAllow() {
    Map<TenantId, Limits> limits = new ConcurrentHashMap<>();
    TenantId a = new TenantId("team-a");
    limits.put(a, Limits.defaults().withoutIngestionWindow());
    try (TestGateway shared =
        new TestGateway(
            TestGateway.config().withMultitenancy(true),
            tenant -> limits.getOrDefault(tenant, Limits.defaults()),
            new InMemoryObjectStore())) {
      byte[] old = TestProfiles.cpu().timeNanos(1_000_000_000L).toByteArray();

      assertThat(shared.pushAs("team-a", series(old)).status()).isEqualTo(HttpStatus.OK);
      assertThat(shared.pushAs("team-b", series(old)).contentUtf8())
          .contains("outside of ingestion window");
      limits.put(a, Limits.defaults().toBuilder().maxProfileSamples(1).build());
      assertThat(shared.pushAs("team-a", series(TestProfiles.cpu().toByteArray())).contentUtf8())
          .contains("limit: 1)");
      assertThat(shared.stored()).extracting(Stored::tenant).containsExactly(a);
    }
  }

  @Test
  void ignoresTheTenantWithoutMultitenancy() {
    gateway.pushAs("team-a", series(TestProfiles.cpu().toByteArray()));

    assertThat(gateway.stored().get(0).tenant()).isEqualTo(TenantId.ANONYMOUS);
  }

  @Test
  void isReadyUntilClosed() {
    assertThat(gateway.gateway().isReady()).as("ready").isTrue();
    gateway.gateway().close();
    assertThat(gateway.gateway().isReady()).as("ready after close").isFalse();
    AggregatedHttpResponse response = gateway.push(series(TestProfiles.cpu().toByteArray()));
    assertThat(response.status()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
    assertThat(response.headers().get("retry-after")).isEqualTo("1");
  }

  private SegmentRecord onlyRecord() {
    List<Stored> stored = gateway.stored();
    assertThat(stored).hasSize(1);
    return stored.get(0).record();
  }

  private static byte[] payload(SegmentRecord record) {
    return Arrays.copyOfRange(
        record.payload(), record.payloadOffset(), record.payloadOffset() + record.payloadLength());
  }

  private static Arguments bad(String name, byte[] profile, String reason) {
    return Arguments.of(name, profile, reason);
  }

  private static byte[] broken(Consumer<Profile.Builder> change) {
    Profile.Builder profile = TestProfiles.cpu().toProto().toBuilder();
    change.accept(profile);
    return profile.build().toByteArray();
  }

  private static byte[] deepStack() {
    Profile.Builder profile =
        Profile.newBuilder()
            .addAllStringTable(List.of("", "cpu", "nanoseconds", "f"))
            .addSampleType(ValueType.newBuilder().setType(1).setUnit(2))
            .addFunction(Function.newBuilder().setId(1).setName(3))
            .addLocation(
                Location.newBuilder().setId(1).addLine(Line.newBuilder().setFunctionId(1)));
    Sample.Builder sample = Sample.newBuilder().addValue(1);
    for (int i = 0; i < 100_000; i++) {
      sample.addLocationId(1);
    }

    return profile.addSample(sample).build().toByteArray();
  }

  private static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex);
  }
}
