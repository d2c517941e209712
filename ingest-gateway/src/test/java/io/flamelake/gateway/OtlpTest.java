/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway;

import static io.flamelake.gateway.otlp.TestExport.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.client.grpc.GrpcClients;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import io.flamelake.gateway.TestGateway.Stored;
import io.flamelake.gateway.otlp.JsonExports;
import io.flamelake.gateway.otlp.OldLayout;
import io.flamelake.gateway.otlp.PprofProto;
import io.flamelake.gateway.otlp.TestExport;
import io.flamelake.model.TenantId;
import io.flamelake.model.normalize.ProfileNormalizer;
import io.flamelake.model.normalize.ProfileRow;
import io.flamelake.model.pprof.PprofDecoder;
import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.segment.SegmentRecord;
import io.flamelake.segment.store.InMemoryObjectStore;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceResponse;
import io.opentelemetry.proto.collector.profiles.v1development.ProfilesServiceGrpc;
import io.opentelemetry.proto.profiles.v1development.Profile;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exports of profiles as OpenTelemetry's exporters send them, through a running gateway. */
class OtlpTest {

  private static final String PATH = "/v1development/profiles";
  private static final String PROTOBUF = "application/x-protobuf";
  private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

  private TestGateway gateway = new TestGateway(TestGateway.config(), new InMemoryObjectStore());

  @AfterEach
  void close() {
    gateway.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {PROTOBUF, "application/protobuf", "application/x-protobuf;charset=utf-8"})
  void storesAnExport(String contentType) {
    AggregatedHttpResponse response = post(contentType, export().toByteArray());

    assertStored(response);
  }

  @Test
  void storesAnExportOfTheOldLayout() {
    assertStored(post(PROTOBUF, OldLayout.toByteArray(export())));
  }

  @Test
  void storesAnExportInJson() {
    byte[] json = JsonExports.of(export()).getBytes(StandardCharsets.UTF_8);

    assertStored(post("application/json", json));
  }

  @Test
  void storesAGzippedExport() {
    RequestHeaders headers =
        headers(PROTOBUF).set(HttpHeaderNames.CONTENT_ENCODING, "gzip").build();

    assertStored(send(headers, TestProfiles.gzip(export().toByteArray())));
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "identity"})
  void storesAnExportByGrpc(String compression) {
    ExportProfilesServiceResponse response = grpc(export(), compression);

    assertThat(response).isEqualTo(ExportProfilesServiceResponse.getDefaultInstance());
    assertStored();
  }

  @Test
  void keepsSpansTracesAndProfileIdsForLaterReads() {
    TestExport export = new TestExport();
    int main = export.stack("main");
    int link = export.link("000102030405060708090a0b0c0d0e0f", "f0f1f2f3f4f5f6f7");
    export.service("shop", now(export.cpu(sample(main, 1).setLinkIndex(link), sample(main, 2))));

    post(PROTOBUF, export.toByteArray());

    ProfileRow row = onlyRow();
    assertThat(row.profileId()).isEqualTo(ID);
    assertThat(row.spanIds()).containsExactlyInAnyOrder(0, 0xf0f1f2f3f4f5f6f7L);
    assertThat(row.traceIds())
        .containsExactlyInAnyOrder(0, 0, 0x0001020304050607L, 0x08090a0b0c0d0e0fL);
    assertThat(row.values()).containsExactlyInAnyOrder(10_000_000, 20_000_000);
  }

  @Test
  void givesAllPprofsOfAProfileItsIdSoThatTheyCountOnce() {
    TestExport export = new TestExport();
    int main = export.stack("main");
    int other = export.attribute("service.name", "other");
    export.service(
        "shop", now(export.cpu(sample(main, 1), sample(main, 2).addAttributeIndices(other))));

    post(PROTOBUF, export.toByteArray());
    post(PROTOBUF, export.toByteArray());

    assertThat(records())
        .extracting(record -> record.labels().value("service_name"), SegmentRecord::profileId)
        .containsExactlyInAnyOrder(
            tuple("shop", ID), tuple("other", ID), tuple("shop", ID), tuple("other", ID));
    assertThat(records()).allMatch(SegmentRecord::hasClientId);
  }

  @Test
  void takesTheTimeOfArrivalForProfilesWithoutTime() {
    TestExport export = new TestExport();
    export.service("shop", export.cpu(sample(export.stack("main"), 1)));
    long before = TestProfiles.nanos(Instant.now());

    post(PROTOBUF, export.toByteArray());

    assertThat(records().get(0).profileTimeNanos())
        .isBetween(before, TestProfiles.nanos(Instant.now()));
    assertThat(records().get(0).hasClientId()).as("has a client's id").isFalse();
  }

  @Test
  void storesFiveThousandProfilesOfOneExport() {
    TestExport export = new TestExport();
    int[] stacks = new int[50];
    for (int i = 0; i < stacks.length; i++) {
      stacks[i] = export.stack("leaf" + i, "middle" + i % 7, "main");
    }

    Map<String, Long> expected = new TreeMap<>();
    Profile.Builder[] profiles = new Profile.Builder[5_000];
    for (int i = 0; i < profiles.length; i++) {
      int stack = i % stacks.length;
      profiles[i] = now(export.cpu(sample(stacks[stack], i + 1))).setProfileId(id(i));
      expected.merge("leaf" + stack, (i + 1) * 10_000_000L, Long::sum);
    }

    AggregatedHttpResponse response =
        post(PROTOBUF, export.service("shop", profiles).toByteArray());

    assertThat(response.status()).as(response.contentUtf8()).isEqualTo(HttpStatus.OK);
    assertThat(records()).hasSize(5_000);
    assertThat(records().stream().map(SegmentRecord::profileId).distinct()).hasSize(5_000);
    Map<String, Long> totals = new TreeMap<>();
    for (SegmentRecord record : records()) {
      var pprof = PprofProto.parse(payload(record));
      String stack = PprofProto.stack(pprof, pprof.getSample(0));
      totals.merge(
          stack.substring(0, stack.indexOf('@')), pprof.getSample(0).getValue(0), Long::sum);
    }

    assertThat(totals).isEqualTo(expected);
  }

  @Test
  void saysWhichProfilesOfAnExportWereRejected() throws InvalidProtocolBufferException {
    TestExport export = new TestExport();
    int main = export.stack("main");
    export.service(
        "shop",
        now(export.cpu(sample(main, 1))),
        now(export.cpu(sample(main))),
        now(export.cpu(sample(main, 1))).setTimeUnixNano(1_000_000_000),
        now(export.cpu(sample(main, 1))).setSampleType(export.type("a-b", "count")));

    AggregatedHttpResponse response = post(PROTOBUF, export.toByteArray());

    assertThat(response.status()).isEqualTo(HttpStatus.OK);
    var partial =
        ExportProfilesServiceResponse.parseFrom(response.content().array()).getPartialSuccess();
    assertThat(partial.getRejectedProfiles()).isEqualTo(3);
    assertThat(partial.getErrorMessage())
        .startsWith("Tenant anonymous: profile 1: All of its 1 samples are empty")
        .contains("profile 2: profile with labels")
        .contains("is outside of ingestion window")
        .contains("profile 3: profile with labels")
        .contains("Sample type contains -: a-b");
    assertThat(records()).hasSize(1);
    assertThat(gateway.discarded("malformed_profile")).isEqualTo(2);
    assertThat(gateway.discarded("not_in_ingestion_window")).isEqualTo(1);
    assertThat(grpc(export.build(), "identity").getPartialSuccess().getRejectedProfiles())
        .isEqualTo(3);
  }

  @ParameterizedTest
  @MethodSource("refusedExports")
  void refusesAnExportOfWhichNothingCanBeStored(
      String message, ExportProfilesServiceRequest export) {
    for (byte[] bytes : List.of(export.toByteArray(), OldLayout.toByteArray(export))) {
      AggregatedHttpResponse response = post(PROTOBUF, bytes);

      assertThat(response.status()).isEqualTo(HttpStatus.BAD_REQUEST);
      assertThat(response.contentUtf8())
          .contains("\"code\":\"invalid_argument\"")
          .containsPattern(message);
    }

    assertThatThrownBy(() -> grpc(export, "gzip"))
        .isInstanceOf(StatusRuntimeException.class)
        .satisfies(
            e ->
                assertThat(((StatusRuntimeException) e).getStatus().getCode())
                    .isEqualTo(Status.Code.INVALID_ARGUMENT))
        .hasMessageFindingMatch(message);
    assertThat(gateway.stored()).isEmpty();
  }

  static Stream<Arguments> refusedExports() {
    TestExport empty = new TestExport();
    int main = empty.stack("main");
    empty.service("shop", now(empty.cpu(sample(main), sample(main))), now(empty.cpu(sample(main))));

    TestExport outOfRange = new TestExport();
    outOfRange.service("shop", now(outOfRange.cpu(sample(77, 1))));

    TestExport old = new TestExport();
    old.service("shop", now(old.cpu(sample(old.stack("main"), 1))).setTimeUnixNano(1_000_000_000));

    TestExport noDictionary = new TestExport();
    noDictionary.service("shop", now(noDictionary.cpu()));
    return Stream.of(
        Arguments.of("All 3 samples are empty", empty.build()),
        Arguments.of("Stack index 77 at byte \\d+ \\(expected: 0 to 0\\)", outOfRange.build()),
        Arguments.of("is outside of ingestion window", old.build()),
        Arguments.of(
            "missing profile metadata dictionary",
            noDictionary.build().toBuilder().clearDictionary().build()),
        Arguments.of("missing resource profiles", new TestExport().build()));
  }

  @Test
  void takesExportsWithoutSamples() {
    TestExport export = new TestExport();
    export.service("shop", now(export.cpu()));

    AggregatedHttpResponse response = post(PROTOBUF, export.toByteArray());

    assertThat(response.status()).isEqualTo(HttpStatus.OK);
    assertThat(gateway.stored()).isEmpty();
  }

  @Test
  void refusesBodiesThatCannotBeRead() {
    byte[] body = export().toByteArray();
    byte[] gzip = TestProfiles.gzip(body);

    assertBad(post(PROTOBUF, "not protobuf".getBytes(StandardCharsets.UTF_8)));
    assertBad(post(PROTOBUF, new byte[0]));
    assertBad(post(PROTOBUF, Arrays.copyOf(body, body.length - 3)));
    assertBad(post("application/json", "{".getBytes(StandardCharsets.UTF_8)));
    assertBad(post("application/json", new byte[0]));
    assertBad(
        send(
            headers(PROTOBUF).set(HttpHeaderNames.CONTENT_ENCODING, "gzip").build(),
            Arrays.copyOf(gzip, gzip.length - 3)));
    assertBad(send(headers(PROTOBUF).set(HttpHeaderNames.CONTENT_ENCODING, "zstd").build(), body));
    assertThat(gateway.discarded("malformed_profile")).isEqualTo(7);
    // The memory of a request is given back behind its answer.
    await().untilAsserted(() -> assertThat(gateway.bufferBytes()).isZero());
  }

  @Test
  void belongsToTheTenantOfTheHeader() {
    restart(TestGateway.config().withMultitenancy(true));
    byte[] body = export().toByteArray();

    assertThat(send(headers(PROTOBUF).set("X-Scope-OrgID", "acme").build(), body).status())
        .isEqualTo(HttpStatus.OK);
    assertThat(gateway.stored()).extracting(Stored::tenant).containsExactly(new TenantId("acme"));
  }

  private static void assertBad(AggregatedHttpResponse response) {
    assertThat(response.status()).as(response.contentUtf8()).isEqualTo(HttpStatus.BAD_REQUEST);
  }

  private void assertStored(AggregatedHttpResponse response) {
    assertThat(response.status()).as(response.contentUtf8()).isEqualTo(HttpStatus.OK);
    assertThat(response.contentType()).hasToString(PROTOBUF);
    assertThat(response.content().array()).as("an empty answer").isEmpty();
    assertStored();
  }

  /** That what {@link #export} makes is in the log. */
  private void assertStored() {
    ProfileRow row = onlyRow();
    assertThat(row.profileId()).isEqualTo(ID);
    assertThat(row.type().id()).isEqualTo("process_cpu:cpu:nanoseconds:cpu:nanoseconds");
    assertThat(row.labels().toString())
        .isEqualTo(
            "{__otel__=\"true\", \"service.name\"=\"shop\", service_name=\"shop\","
                + " \"thread.name\"=\"worker\"}");
    assertThat(row.totalValue()).isEqualTo(30_000_000);
    assertThat(row.stacks().function(0, 0)).isEqualTo("main");
    assertThat(row.stacks().function(0, 1)).isEqualTo("leaf");
  }

  private static ExportProfilesServiceRequest export() {
    TestExport export = new TestExport();
    int worker = export.attribute("thread.name", "worker");
    return export
        .service(
            "shop",
            now(export.cpu(sample(export.stack("leaf", "main"), 3).addAttributeIndices(worker))))
        .build();
  }

  private static Profile.Builder now(Profile.Builder profile) {
    return profile
        .setTimeUnixNano(TestProfiles.nanos(Instant.now()))
        .setProfileId(TestExport.hex("00112233445566778899aabbccddeeff"));
  }

  private static ByteString id(int number) {
    return TestExport.hex("%032x".formatted(number + 1));
  }

  private ExportProfilesServiceResponse grpc(
      ExportProfilesServiceRequest export, String compression) {
    return GrpcClients.newClient(
            "gproto+h2c://127.0.0.1:" + gateway.port(),
            ProfilesServiceGrpc.ProfilesServiceBlockingStub.class)
        .withCompression(compression)
        .export(export);
  }

  private AggregatedHttpResponse post(String contentType, byte[] body) {
    return send(headers(contentType).build(), body);
  }

  private AggregatedHttpResponse send(RequestHeaders headers, byte[] body) {
    return gateway.client().execute(headers, HttpData.wrap(body));
  }

  private static RequestHeadersBuilder headers(String contentType) {
    return RequestHeaders.builder(HttpMethod.POST, PATH)
        .set(HttpHeaderNames.CONTENT_TYPE, contentType);
  }

  private void restart(GatewayConfig config) {
    gateway.close();
    gateway = new TestGateway(config, new InMemoryObjectStore());
  }

  private List<SegmentRecord> records() {
    return gateway.stored().stream().map(Stored::record).toList();
  }

  private ProfileRow onlyRow() {
    assertThat(records()).hasSize(1);
    SegmentRecord record = records().get(0);
    List<ProfileRow> rows = new ArrayList<>();
    new ProfileNormalizer()
        .normalize(
            new TenantId("anonymous"),
            record.profileId(),
            1,
            record.labels(),
            PprofDecoder.decode(payload(record), PprofLimits.DEFAULT),
            rows::add);
    assertThat(rows).hasSize(1);
    return rows.get(0);
  }

  private static byte[] payload(SegmentRecord record) {
    return Arrays.copyOfRange(
        record.payload(), record.payloadOffset(), record.payloadOffset() + record.payloadLength());
  }
}
