/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway;

import static io.flamelake.gateway.otlp.TestExport.sample;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.google.rpc.RetryInfo;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import io.flamelake.gateway.limits.Limits;
import io.flamelake.gateway.otlp.JsonExports;
import io.flamelake.gateway.otlp.OldLayout;
import io.flamelake.gateway.otlp.TestExport;
import io.flamelake.model.TenantId;
import io.flamelake.segment.store.InMemoryObjectStore;
import io.grpc.Status;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceRequest;
import io.opentelemetry.proto.collector.profiles.v1development.ExportProfilesServiceResponse;
import io.opentelemetry.proto.profiles.v1development.Profile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The statuses that OpenTelemetry's exporters know, by HTTP and by gRPC, case by case. */
class OtlpStatusTest {

  private static final String HTTP = "/v1development/profiles";
  private static final String RPC =
      "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export";

  private static final String PROTO = "application/x-protobuf";
  private static final String TENANT = "team-a";

  /** May push a byte a second, and has spent what it may for long. */
  private static final String SLOW_TENANT = "slow";

  /** May have pprofs of 100 kB in a request. */
  private static final String SMALL_TENANT = "small";

  private static final long MAX_PROFILE_BYTES = 50_000;

  private static final int GRPC_HEADER_BYTES = 5;

  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    Map<TenantId, Limits> limits =
        Map.of(
            new TenantId(SLOW_TENANT), Limits.defaults().withIngestionRate(1, 1),
            new TenantId(SMALL_TENANT), Limits.defaults().withIngestionBodyBytes(100_000));
    Limits others = Limits.defaults().toBuilder().maxProfileBytes(MAX_PROFILE_BYTES).build();
    gateway =
        new TestGateway(
            TestGateway.config().withMultitenancy(true).withMaxBufferBytes(4 << 20),
            tenant -> limits.getOrDefault(tenant, others),
            new InMemoryObjectStore());
    post(headers(SLOW_TENANT), good().toByteArray());
  }

  @AfterAll
  static void close() {
    gateway.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          good                    | 200 | OK                 |
          old_layout              | 200 | OK                 |
          no_samples              | 200 | OK                 |
          no_profiles             | 200 | OK                 |
          some_samples_empty      | 200 | OK                 |
          one_of_two_empty        | 200 | OK                 |
          one_of_two_too_old      | 200 | OK                 |
          one_of_two_of_bad_type  | 200 | OK                 |
          one_of_two_too_large    | 200 | OK                 |
          all_samples_empty       | 400 | INVALID_ARGUMENT   | All 2 samples are empty
          all_too_old             | 400 | INVALID_ARGUMENT   | is outside of ingestion window
          all_too_large           | 400 | INVALID_ARGUMENT   | exceeds the size limit
          empty                   | 400 | INVALID_ARGUMENT   | missing profile metadata dictionary
          no_dictionary           | 400 | INVALID_ARGUMENT   | missing profile metadata dictionary
          no_resources            | 400 | INVALID_ARGUMENT   | missing resource profiles
          index_out_of_range      | 400 | INVALID_ARGUMENT   | Stack index 77 at byte
          cut                     | 400 | INVALID_ARGUMENT   |
          text                    | 400 | INVALID_ARGUMENT   |
          too_large               | 413 | RESOURCE_EXHAUSTED |
          """)
  void answersExports(String name, int status, Status.Code code, @Nullable String message)
      throws InvalidProtocolBufferException {
    byte[] body = body(name);

    for (String encoding : new String[] {"identity", "gzip"}) {
      byte[] sent = encoding.equals("gzip") ? TestProfiles.gzip(body) : body;
      AggregatedHttpResponse http =
          post(headers(TENANT).set(HttpHeaderNames.CONTENT_ENCODING, encoding), sent);
      AggregatedHttpResponse grpc = grpc(grpcHeaders(TENANT).set("grpc-encoding", encoding), sent);

      assertStatus(http, status);
      assertGrpcStatus(grpc, code);
      int rejected = name.startsWith("one_of_two") ? 1 : 0;
      if (status == 200) {
        assertThat(http.contentType()).hasToString(PROTO);
        assertRejected(http.content().array(), rejected);
        byte[] frame = grpc.content().array();
        assertRejected(Arrays.copyOfRange(frame, GRPC_HEADER_BYTES, frame.length), rejected);
      }

      if (message != null) {
        assertThat(http.contentUtf8()).contains(message);
        assertThat(grpcHeader(grpc, "grpc-message")).contains(message);
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          protobuf             | 200 | application/protobuf                     | good
          parameters           | 200 | application/x-protobuf; charset=utf-8    | good
          json                 | 200 | application/json                         | json
          json_charset         | 200 | application/json; charset=utf-8          | json
          json_empty_samples   | 400 | application/json                         | json_empty_samples
          json_index           | 400 | application/json                         | json_index
          json_empty           | 400 | application/json                         | empty
          json_of_nothing      | 400 | application/json                         | json_of_nothing
          json_cut             | 400 | application/json                         | json_cut
          json_that_is_proto   | 400 | application/json                         | good
          proto_that_is_json   | 400 | application/x-protobuf                   | json
          json_too_large       | 413 | application/json                         | too_large
          no_content_type      | 415 |                                          | good
          text                 | 415 | text/plain                               | good
          bytes                | 415 | application/octet-stream                 | good
          connect              | 415 | application/proto                        | good
          grpc                 | 415 | application/grpc                         | good
          """)
  void answersContentTypes(String name, int status, @Nullable String contentType, String body) {
    RequestHeadersBuilder headers = headers(TENANT).removeAndThen(HttpHeaderNames.CONTENT_TYPE);
    if (contentType != null) {
      headers.set(HttpHeaderNames.CONTENT_TYPE, contentType);
    }

    AggregatedHttpResponse response = post(headers, body(body));

    assertStatus(response, status);
    if (status == 200) {
      assertThat(response.contentType()).hasToString(PROTO);
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          gzip_that_is_none   | 400 | gzip       | good        | INVALID_ARGUMENT
          cut_gzip            | 400 | gzip       | cut_gzip    | INVALID_ARGUMENT
          gzip_in_gzip        | 400 | gzip       | double_gzip | INVALID_ARGUMENT
          two_encodings       | 400 | gzip, gzip | double_gzip | UNIMPLEMENTED
          unknown_encoding    | 400 | zstd       | good        | UNIMPLEMENTED
          bomb                | 413 | gzip       | bomb        | RESOURCE_EXHAUSTED
          """)
  void answersEncodings(String name, int status, String encoding, String body, Status.Code code) {
    byte[] sent = body(body);

    AggregatedHttpResponse http =
        post(headers(TENANT).set(HttpHeaderNames.CONTENT_ENCODING, encoding), sent);
    AggregatedHttpResponse grpc = grpc(grpcHeaders(TENANT).set("grpc-encoding", encoding), sent);

    assertStatus(http, status);
    assertGrpcStatus(grpc, code);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          none     | 401 |          | UNAUTHENTICATED
          path     | 400 | a/b      | INVALID_ARGUMENT
          up       | 400 | ..       | INVALID_ARGUMENT
          two      | 400 | 'a|b'    | INVALID_ARGUMENT
          """)
  void answersCallersWhoMayNotExport(
      String name, int status, @Nullable String tenant, Status.Code code) {
    assertTenant(tenant, status, code);
  }

  @Test
  void answersTenantsWithLongNames() {
    assertTenant("x".repeat(150), 200, Status.Code.OK);
    assertTenant("x".repeat(151), 400, Status.Code.INVALID_ARGUMENT);
  }

  @Test
  void asksForALaterTryWhereThatHelps() throws InvalidProtocolBufferException {
    assertRetry(gateway, SLOW_TENANT, 429, Status.Code.RESOURCE_EXHAUSTED);
    GatewayConfig impatient = TestGateway.config().withRequestTimeout(Duration.ofSeconds(2));
    FaultyObjectStore store = new FaultyObjectStore();
    try (TestGateway withoutStore = new TestGateway(impatient, store)) {
      store.setAway(true);
      assertRetry(withoutStore, TENANT, 503, Status.Code.UNAVAILABLE);
      // The end of a gateway waits for its store.
      store.setAway(false);
    }
  }

  @Test
  void answersExportsThatBecomeManyTimesTheirSize() {
    TestExport export = new TestExport();
    int stack = export.stack("a".repeat(10_000));
    byte[] body =
        export
            .service("shop", TestExport.times(100, now(export.cpu(sample(stack, 1)))))
            .toByteArray();

    assertStatus(post(headers(SMALL_TENANT), body), 413);
    assertGrpcStatus(grpc(grpcHeaders(SMALL_TENANT), body), Status.Code.INVALID_ARGUMENT);
    assertThat(gateway.discarded(SMALL_TENANT, "body_size_limit_exceeded")).isEqualTo(2);
  }

  @Test
  void answersOtherContentTypesOfTheRpc() {
    RequestHeadersBuilder headers = headers(TENANT).path(RPC);

    assertStatus(post(headers, good().toByteArray()), 415);
  }

  @Test
  void takesJsonByTheRpcToo() {
    byte[] json = body("json");
    AggregatedHttpResponse connect =
        post(headers(TENANT).path(RPC).contentType(MediaType.JSON), json);
    AggregatedHttpResponse grpc =
        grpc(grpcHeaders(TENANT).set(HttpHeaderNames.CONTENT_TYPE, "application/grpc+json"), json);

    assertStatus(connect, 200);
    assertGrpcStatus(grpc, Status.Code.OK);
  }

  private static void assertTenant(@Nullable String tenant, int status, Status.Code code) {
    byte[] body = good().toByteArray();

    assertStatus(post(headers(tenant), body), status);
    assertGrpcStatus(grpc(grpcHeaders(tenant), body), code);
  }

  /** An exporter by gRPC sends an export again only if the status has a {@link RetryInfo}. */
  private static void assertRetry(TestGateway target, String tenant, int status, Status.Code code)
      throws InvalidProtocolBufferException {
    AggregatedHttpResponse http = post(target, headers(tenant), good().toByteArray());
    AggregatedHttpResponse grpc =
        post(target, grpcHeaders(tenant), grpcFrame(good().toByteArray(), false));

    assertStatus(http, status);
    assertThat(http.headers().get(HttpHeaderNames.RETRY_AFTER)).isEqualTo("1");
    assertGrpcStatus(grpc, code);
    String details = grpcHeader(grpc, "grpc-status-details-bin");
    com.google.rpc.Status parsed =
        com.google.rpc.Status.parseFrom(Base64.getDecoder().decode(details));
    assertThat(parsed.getCode()).isEqualTo(code.value());
    Any detail = parsed.getDetails(0);
    assertThat(detail.unpack(RetryInfo.class).getRetryDelay().getSeconds()).isEqualTo(1);
  }

  private static void assertStatus(AggregatedHttpResponse response, int status) {
    assertThat(response.status().code()).as(response.contentUtf8()).isEqualTo(status);
    if (status != 200) {
      assertThat(response.contentUtf8()).contains("\"code\":\"", "\"message\":");
    }
  }

  private static void assertGrpcStatus(AggregatedHttpResponse response, Status.Code code) {
    assertThat(response.status().code()).isEqualTo(200);
    assertThat(
            Status.fromCodeValue(Integer.parseInt(grpcHeader(response, "grpc-status"))).getCode())
        .as(grpcHeader(response, "grpc-message"))
        .isEqualTo(code);
  }

  /** A header of the end, which is the only one where there is no message. */
  private static String grpcHeader(AggregatedHttpResponse response, String name) {
    HttpHeaders trailers =
        response.trailers().contains("grpc-status") ? response.trailers() : response.headers();
    return trailers.get(name, "");
  }

  private static void assertRejected(byte[] answer, int rejected)
      throws InvalidProtocolBufferException {
    ExportProfilesServiceResponse response = ExportProfilesServiceResponse.parseFrom(answer);
    assertThat(response.hasPartialSuccess()).isEqualTo(rejected > 0);
    assertThat(response.getPartialSuccess().getRejectedProfiles()).isEqualTo(rejected);
  }

  private static byte[] body(String name) {
    return switch (name) {
      case "good" -> good().toByteArray();
      case "old_layout" -> OldLayout.toByteArray(good());
      case "json" -> utf8(JsonExports.of(good()));
      case "no_samples", "no_profiles", "all_samples_empty", "index_out_of_range" ->
          of(name).toByteArray();
      case "some_samples_empty", "all_too_old", "all_too_large" -> of(name).toByteArray();
      case "one_of_two_empty" -> with("all_samples_empty");
      case "one_of_two_too_old" -> with("all_too_old");
      case "one_of_two_of_bad_type" -> with("bad_type");
      case "one_of_two_too_large" -> with("all_too_large");
      case "empty" -> new byte[0];
      case "no_dictionary" -> good().toBuilder().clearDictionary().build().toByteArray();
      case "no_resources" -> good().toBuilder().clearResourceProfiles().build().toByteArray();
      case "cut" -> Arrays.copyOf(good().toByteArray(), good().getSerializedSize() - 3);
      case "text" -> utf8("{ this is nothing of all that\n");
      case "too_large" -> field(2 << 20);
      case "json_empty_samples" -> utf8(JsonExports.of(of("all_samples_empty")));
      case "json_index" -> utf8(JsonExports.of(of("index_out_of_range")));
      case "json_of_nothing" -> utf8("{}");
      case "json_cut" -> utf8(JsonExports.of(good()).substring(0, 40));
      case "cut_gzip" -> Arrays.copyOf(TestProfiles.gzip(good().toByteArray()), 40);
      case "double_gzip" -> TestProfiles.gzip(TestProfiles.gzip(good().toByteArray()));
      case "bomb" -> TestProfiles.gzip(field(64 << 20));
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** Well-formed: what does not begin so is refused for that, however long it is. */
  private static byte[] field(int length) {
    return ExportProfilesServiceRequest.newBuilder()
        .setUnknownFields(
            UnknownFieldSet.newBuilder()
                .addField(
                    15,
                    UnknownFieldSet.Field.newBuilder()
                        .addLengthDelimited(ByteString.copyFrom(new byte[length]))
                        .build())
                .build())
        .build()
        .toByteArray();
  }

  private static ExportProfilesServiceRequest good() {
    TestExport export = new TestExport();
    return export.service("shop", now(export.cpu(sample(export.stack("leaf", "main"), 3)))).build();
  }

  private static ExportProfilesServiceRequest of(String kind) {
    TestExport export = new TestExport();
    return kind.equals("no_profiles")
        ? export.service("shop").build()
        : export.service("shop", profile(export, kind)).build();
  }

  private static byte[] with(String kind) {
    TestExport export = new TestExport();
    Profile.Builder good = now(export.cpu(sample(export.stack("leaf", "main"), 3)));
    return export.service("shop", profile(export, kind), good).toByteArray();
  }

  private static Profile.Builder profile(TestExport export, String kind) {
    int main = export.stack("main");
    return now(
        switch (kind) {
          case "no_samples" -> export.cpu();
          case "all_samples_empty" -> export.cpu(sample(main), sample(main));
          case "some_samples_empty" -> export.cpu(sample(main), sample(main, 1));
          case "index_out_of_range" -> export.cpu(sample(77, 1));
          case "all_too_old" -> export.cpu(sample(main, 1));
          case "bad_type" -> export.cpu(sample(main, 1)).setSampleType(export.type("a-b", "count"));
          case "all_too_large" -> large(export);
          default -> throw new IllegalArgumentException(kind);
        },
        kind.equals("all_too_old") ? 7200 : 0);
  }

  /** Small as an export, larger as a pprof than a tenant may have. */
  private static Profile.Builder large(TestExport export) {
    int worker = export.attribute("thread.name", "worker");
    int main = export.stack("main");
    Profile.Builder profile = export.cpu();
    for (int i = 0; i < 4_000; i++) {
      profile.addSamples(sample(main, Long.MIN_VALUE).addAttributeIndices(worker));
    }

    return profile;
  }

  private static Profile.Builder now(Profile.Builder profile) {
    return now(profile, 0);
  }

  private static Profile.Builder now(Profile.Builder profile, long secondsAgo) {
    return profile.setTimeUnixNano(TestProfiles.nanos(Instant.now().minusSeconds(secondsAgo)));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static RequestHeadersBuilder headers(@Nullable String tenant) {
    return tenant(
        RequestHeaders.builder(HttpMethod.POST, HTTP).set(HttpHeaderNames.CONTENT_TYPE, PROTO),
        tenant);
  }

  private static RequestHeadersBuilder grpcHeaders(@Nullable String tenant) {
    return tenant(
        RequestHeaders.builder(HttpMethod.POST, RPC)
            .set(HttpHeaderNames.CONTENT_TYPE, "application/grpc")
            .set(HttpHeaderNames.TE, "trailers"),
        tenant);
  }

  private static RequestHeadersBuilder tenant(
      RequestHeadersBuilder headers, @Nullable String tenant) {
    return tenant == null ? headers : headers.set("X-Scope-OrgID", tenant);
  }

  private static AggregatedHttpResponse post(RequestHeadersBuilder headers, byte[] body) {
    return post(gateway, headers, body);
  }

  private static AggregatedHttpResponse post(
      TestGateway target, RequestHeadersBuilder headers, byte[] body) {
    return target.client().execute(headers.build(), HttpData.wrap(body));
  }

  private static AggregatedHttpResponse grpc(RequestHeadersBuilder headers, byte[] message) {
    boolean isCompressed = !headers.get("grpc-encoding", "identity").equals("identity");
    return post(headers, grpcFrame(message, isCompressed));
  }

  private static byte[] grpcFrame(byte[] message, boolean isCompressed) {
    return ByteBuffer.allocate(GRPC_HEADER_BYTES + message.length)
        .put((byte) (isCompressed ? 1 : 0))
        .putInt(message.length)
        .put(message)
        .array();
  }
}
