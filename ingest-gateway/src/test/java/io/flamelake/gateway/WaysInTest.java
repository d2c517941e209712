/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import io.flamelake.gateway.limits.Limits;
import io.flamelake.gateway.otlp.TestExport;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.segment.store.InMemoryObjectStore;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * B1, B3 and B5 of the list of bad inputs on each way in: bodies that are not what they claim, and
 * tenants that are none; and other methods than POST.
 */
class WaysInTest {

  private static final int MAX_BODY_BYTES = 1 << 20;
  private static final String TENANT = "team-a";
  private static final String FORM = "multipart/form-data; boundary=XX";

  private final TestGateway gateway =
      new TestGateway(
          TestGateway.config()
              .withMultitenancy(true)
              .withLimits(Limits.defaults().withIngestionBodyBytes(MAX_BODY_BYTES)),
          new InMemoryObjectStore());

  /** A way in. */
  private enum Way {
    PUSH(TestGateway.PUSH, "application/proto"),
    PUSH_GRPC(TestGateway.PUSH, "application/grpc"),
    PUSH_GRPC_WEB(TestGateway.PUSH, "application/grpc-web+proto"),
    PPROF("/ingest?format=pprof&name=shop", "application/octet-stream"),
    PPROF_FORM("/ingest?name=shop", FORM),
    FOLDED("/ingest?name=shop", "text/plain"),
    OTLP("/v1development/profiles", "application/x-protobuf"),
    OTLP_GRPC(
        "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export",
        "application/grpc");

    private final String path;
    private final String contentType;

    Way(String path, String contentType) {
      this.path = path;
      this.contentType = contentType;
    }

    boolean isGrpc() {
      return contentType.startsWith("application/grpc");
    }

    /** One profile. */
    byte[] body() {
      byte[] pprof = TestProfiles.cpu().toByteArray();
      return switch (this) {
        case PUSH, PUSH_GRPC, PUSH_GRPC_WEB ->
            PushRequest.newBuilder().addSeries(TestGateway.series(pprof)).build().toByteArray();
        case PPROF -> pprof;
        case PPROF_FORM -> form(pprof);
        case FOLDED -> utf8("main;leaf 3\n");
        case OTLP, OTLP_GRPC -> export();
      };
    }

    private static byte[] form(byte[] pprof) {
      ByteArrayOutputStream form = new ByteArrayOutputStream();
      form.writeBytes(
          utf8("--XX\r\nContent-Disposition: form-data; name=\"profile\"; filename=\"p\"\r\n\r\n"));
      form.writeBytes(pprof);
      form.writeBytes(utf8("\r\n--XX--\r\n"));
      return form.toByteArray();
    }

    private static byte[] export() {
      TestExport export = new TestExport();
      return export
          .service(
              "shop",
              export
                  .cpu(TestExport.sample(export.stack("main"), 3))
                  .setTimeUnixNano(TestProfiles.nanos(Instant.now())))
          .toByteArray();
    }
  }

  @AfterEach
  void close() {
    gateway.close();
  }

  @ParameterizedTest
  @EnumSource
  void readsGzipOfOneMemberOrSeveral(Way way) {
    byte[] body = way.body();
    byte[] first = TestProfiles.gzip(Arrays.copyOf(body, 5));
    byte[] rest = TestProfiles.gzip(Arrays.copyOfRange(body, 5, body.length));

    expect(way, "0", 200, send(way, "gzip", TestProfiles.gzip(body)));
    expect(way, "0", 200, send(way, "gzip", concat(first, rest)));
    assertThat(gateway.stored()).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource
  void refusesAndCountsBodiesThatAreTooLarge(Way way) {
    byte[] large = new byte[MAX_BODY_BYTES + 1];

    expect(way, "8", 413, send(way, null, large));
    expect(way, "8", 413, send(way, "gzip", TestProfiles.gzip(longField(64 * MAX_BODY_BYTES))));

    assertRefused(2, "body_size_limit_exceeded");
  }

  @ParameterizedTest
  @EnumSource
  void refusesAndCountsBodiesThatAreNotGzipAsTheyClaim(Way way) {
    byte[] body = way.body();
    byte[] gzip = TestProfiles.gzip(body);

    expect(way, "3", 400, send(way, "gzip", body));
    expect(way, "3", 400, send(way, "gzip", Arrays.copyOf(gzip, gzip.length - 12)));
    expect(way, "3", 400, send(way, "gzip", Arrays.copyOf(gzip, 7)));
    assertRefused(3, "malformed_profile");
  }

  @ParameterizedTest
  @EnumSource(
      value = Way.class,
      names = {"PUSH", "PUSH_GRPC", "PUSH_GRPC_WEB", "OTLP", "OTLP_GRPC"})
  void refusesAndCountsMessagesThatAreNone(Way way) {
    byte[] body = way.body();

    expect(way, "3", 400, send(way, null, Arrays.copyOf(body, body.length - 3)));
    expect(way, "3", 400, send(way, null, utf8("neither fish nor fowl")));
    assertRefused(2, "malformed_profile");
  }

  @ParameterizedTest
  @EnumSource(
      value = Way.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"PUSH_GRPC", "PUSH_GRPC_WEB", "OTLP_GRPC"})
  void refusesAndCountsOtherEncodings(Way way) {
    byte[] gzip = TestProfiles.gzip(way.body());

    expect(way, "3", 400, send(way, "gzip", concat(gzip, utf8("garbage behind it"))));
    expect(way, "3", 400, send(way, "gzip, gzip", TestProfiles.gzip(gzip)));
    expect(way, "3", 400, send(way, "zstd", way.body()));
    assertRefused(3, "malformed_profile");
  }

  @ParameterizedTest
  @EnumSource
  void takesLegalTenantsOnly(Way way) {
    for (String tenant : List.of("x".repeat(150), "*", "'", "(a)", "!-_.")) {
      expect(way, "0", 200, sendAs(way, way.body(), tenant));
    }

    for (String tenant :
        List.of("..", ".", "a/b", "a%2fb", "x".repeat(151), "'; drop", "\u00fc", "a b", "a|b")) {
      expect(way, "3", 400, sendAs(way, way.body(), tenant));
    }

    expect(way, "3", 400, sendAs(way, way.body(), TENANT, TENANT));
    expect(way, "16", 401, sendAs(way, way.body(), ""));
    expect(way, "16", 401, sendAs(way, way.body()));
    assertThat(gateway.stored())
        .extracting(stored -> stored.tenant().value())
        .containsExactlyInAnyOrder("x".repeat(150), "*", "'", "(a)", "!-_.");
  }

  @ParameterizedTest
  @EnumSource
  void answersOtherMethods(Way way) {
    for (HttpMethod method :
        List.of(HttpMethod.GET, HttpMethod.PUT, HttpMethod.DELETE, HttpMethod.PATCH)) {
      byte[] body = method == HttpMethod.GET ? new byte[0] : way.body();
      RequestHeadersBuilder headers = headers(way, TENANT).method(method);

      assertThat(send(headers, body).status())
          .as(method.name())
          .isEqualTo(HttpStatus.METHOD_NOT_ALLOWED);
    }
  }

  /** And the neighbour, who comes behind, is stored. */
  private void assertRefused(int count, String reason) {
    assertThat(gateway.discarded(reason)).as(reason).isEqualTo(count);
    assertThat(gateway.stored()).isEmpty();
    expect(Way.PUSH, "0", 200, send(Way.PUSH, null, Way.PUSH.body()));
    assertThat(gateway.stored()).hasSize(1);
    await().untilAsserted(() -> assertThat(gateway.bufferBytes()).isZero());
  }

  private static void expect(
      Way way, String grpcStatus, int httpStatus, AggregatedHttpResponse response) {
    if (!way.isGrpc()) {
      assertThat(response.status().code()).as(response.contentUtf8()).isEqualTo(httpStatus);
      return;
    }

    // gRPC-Web has its trailers in the body; who refuses at once has them in the headers.
    String trailers = response.headers() + " " + response.trailers() + " " + response.contentUtf8();
    assertThat(trailers).containsPattern("grpc-status[=:] ?" + grpcStatus + "\\b");
  }

  private AggregatedHttpResponse sendAs(Way way, byte[] body, String... tenants) {
    return send(headers(way, tenants), way.isGrpc() ? framed(false, body) : body);
  }

  private AggregatedHttpResponse send(Way way, @Nullable String encoding, byte[] body) {
    RequestHeadersBuilder headers = headers(way, TENANT);
    if (encoding == null) {
      return send(headers, way.isGrpc() ? framed(false, body) : body);
    }

    headers.set(way.isGrpc() ? "grpc-encoding" : "content-encoding", encoding);
    return send(headers, way.isGrpc() ? framed(true, body) : body);
  }

  private AggregatedHttpResponse send(RequestHeadersBuilder headers, byte[] body) {
    return gateway.client().execute(headers.build(), HttpData.wrap(body));
  }

  private static RequestHeadersBuilder headers(Way way, String... tenants) {
    return RequestHeaders.builder(HttpMethod.POST, way.path)
        .set(HttpHeaderNames.CONTENT_TYPE, way.contentType)
        .add("X-Scope-OrgID", tenants);
  }

  private static byte[] framed(boolean isCompressed, byte[] message) {
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) (isCompressed ? 1 : 0))
        .putInt(message.length)
        .put(message)
        .array();
  }

  /** A protobuf message, for a reader that looks at what it decompresses. */
  private static byte[] longField(int bytes) {
    return PushRequest.newBuilder()
        .setUnknownFields(
            UnknownFieldSet.newBuilder()
                .addField(
                    15,
                    UnknownFieldSet.Field.newBuilder()
                        .addLengthDelimited(ByteString.copyFrom(new byte[bytes]))
                        .build())
                .build())
        .build()
        .toByteArray();
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
