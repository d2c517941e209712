/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import com.google.rpc.RetryInfo;
import com.linecorp.armeria.client.BlockingWebClient;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.client.grpc.protocol.UnaryGrpcClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpRequestWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.SerializationFormat;
import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.common.grpc.protocol.ArmeriaStatusException;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.testing.junit5.server.ServerExtension;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.RawProfileSeries;
import io.flamelake.proto.push.v1.RawSample;
import io.flamelake.proto.querier.v1.ProfileFormat;
import io.flamelake.proto.querier.v1.SelectMergeStacktracesRequest;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RpcServiceTest {

  private static final int MAX_REQUEST_BYTES = 64 * 1024;
  private static final String SELECT = "/test.v1.EchoService/Select";
  private static final String PUSH = "/test.v1.EchoService/Push";
  private static final String FAIL = "/test.v1.EchoService/Fail";
  private static final String ENCODED = "/test.v1.EchoService/Encoded";
  private static final String WHERE = "/test.v1.EchoService/Where";
  private static final String HANG = "/test.v1.EchoService/Hang";
  private static final String TENANT = "/test.v1.TenantService/Tenant";

  private static final int CALLS = 500;

  private static final MemoryBudget BUDGET = new MemoryBudget(4 * MAX_REQUEST_BYTES);

  @RegisterExtension
  static final ServerExtension SERVER =
      new ServerExtension() {
        @Override
        protected void configure(ServerBuilder sb) {
          SelectMergeStacktracesRequest select = SelectMergeStacktracesRequest.getDefaultInstance();
          PushRequest push = PushRequest.getDefaultInstance();
          HttpDefaults.apply(sb, Duration.ofSeconds(2));
          RpcService.builder("test.v1.EchoService", new Tenants(false))
              .unary("Select", select, select, (ctx, request) -> done(request))
              .unary("Push", push, push, (ctx, request) -> done(request))
              .unary("Fail", select, select, (ctx, request) -> fail(request))
              .unary("Hang", select, select, (ctx, request) -> new CompletableFuture<>())
              .unary("Encoded", select, (ctx, request) -> done(describe(request)))
              .unary("Where", select, select, (ctx, request) -> done(where(ctx)))
              .maxRequestBytes(MAX_REQUEST_BYTES)
              .memoryBudget(BUDGET)
              .build()
              .addTo(sb);
          RpcService.builder("test.v1.ClosedService", new Tenants(false))
              .unary("Select", select, select, (ctx, request) -> done(request))
              .workers(closedWorkers())
              .build()
              .addTo(sb);
          RpcService.builder("test.v1.TenantService", new Tenants(true))
              .unary(
                  "Tenant",
                  select,
                  select,
                  (ctx, request) ->
                      done(request.toBuilder().setLabelSelector(ctx.tenant().value()).build()))
              .build()
              .addTo(sb);
          RpcService.builder("test.v1.TenantsService", new Tenants(true))
              .unary(
                  "Tenants",
                  select,
                  select,
                  (ctx, request) ->
                      done(request.toBuilder().setLabelSelector(ctx.tenants().toString()).build()))
              .unary(
                  "Tenant",
                  select,
                  select,
                  (ctx, request) ->
                      done(request.toBuilder().setLabelSelector(ctx.tenant().value()).build()))
              .joinsTenants()
              .build()
              .addTo(sb);
          UnknownRpcs.addTo(sb);
        }
      };

  private static TenantWorkers closedWorkers() {
    TenantWorkers workers = new TenantWorkers("closed", 1, 1);
    workers.close();
    return workers;
  }

  private static <M> CompletionStage<M> done(M message) {
    return CompletableFuture.completedFuture(message);
  }

  private static CompletionStage<SelectMergeStacktracesRequest> fail(
      SelectMergeStacktracesRequest request) {
    if (request.getLabelSelector().equals("bug")) {
      throw new IllegalStateException("secret");
    }

    RpcException error =
        new RpcException(RpcCode.valueOf(request.getLabelSelector()), "It failed \"so\"");
    if (request.getStart() > 0) {
      error = error.withRetryAfter(Duration.ofMillis(request.getStart()));
    }

    return request.getMaxNodes() == 0
        ? CompletableFuture.failedFuture(new CompletionException(error))
        : throwing(error);
  }

  private static <M> CompletionStage<M> throwing(RpcException error) {
    throw error;
  }

  private static SelectMergeStacktracesRequest where(RpcContext ctx) {
    boolean isInEventLoop = ctx.http().eventLoop().inEventLoop();
    return SelectMergeStacktracesRequest.newBuilder()
        .setLabelSelector(isInEventLoop ? "event loop" : "worker")
        .build();
  }

  // Connect

  @ParameterizedTest
  @ValueSource(strings = {"h1c", "h2c"})
  void handlesNoCallOnAnEventLoop(String protocol) {
    // Which thread goes on where a stage is already complete is a matter of a moment.
    for (int i = 0; i < CALLS; i++) {
      assertThat(json(protocol, WHERE, "{}").contentUtf8())
          .isEqualTo("{\"labelSelector\":\"worker\"}");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"h1c", "h2c"})
  void answersJsonWithInt64AsStringsAndWithoutDefaults(String protocol) {
    AggregatedHttpResponse response =
        json(
            protocol,
            SELECT,
            "{\"profile_typeID\":\"p\",\"labelSelector\":\"{}\",\"start\":\"1700000000000\",\"end\":12}");

    assertThat(response.status()).isEqualTo(HttpStatus.OK);
    assertThat(response.contentType().is(MediaType.JSON)).as("JSON").isTrue();
    assertThat(response.contentUtf8())
        .isEqualTo(
            "{\"profileTypeID\":\"p\",\"labelSelector\":\"{}\",\"start\":\"1700000000000\",\"end\":\"12\"}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "unknown field             | {'nope':{'a':[1,{}]},'start':1}    | {'start':'1'}",
        "unknown enum name         | {'format':'PROFILE_FORMAT_FUNCTIONS','start':1} |"
            + " {'start':'1'}",
        "enum name                 | {'format':'PROFILE_FORMAT_TREE'}   |"
            + " {'format':'PROFILE_FORMAT_TREE'}",
        "enum number               | {'format':2}                       |"
            + " {'format':'PROFILE_FORMAT_TREE'}",
        "null of optional          | {'maxNodes':null,'start':1}        | {'start':'1'}",
        "null of repeated          | {'profileIdSelector':null}         | {}",
        "null of message           | {'stackTraceSelector':null}        | {}",
        "null of string            | {'labelSelector':null}             | {}",
        "optional zero is kept     | {'maxNodes':0}                     | {'maxNodes':'0'}",
        "proto names               | {'max_nodes':5,'label_selector':'x'} |"
            + " {'labelSelector':'x','maxNodes':'5'}",
        "odd JSON name             | {'profileTypeID':'x'}              | {'profileTypeID':'x'}",
        "empty object              | {}                                 | {}",
        "negative                  | {'start':-5}                       | {'start':'-5'}",
        "whole double              | {'start':1e3}                      | {'start':'1000'}",
      })
  void readsJsonLeniently(String name, String request, String expected) {
    AggregatedHttpResponse response = json("h2c", SELECT, request.replace('\'', '"'));

    assertThat(response.status()).as(response.contentUtf8()).isEqualTo(HttpStatus.OK);
    assertThat(response.contentUtf8()).isEqualTo(expected.replace('\'', '"'));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "{", "[]", "1", "null", "{\"start\":\"abc\"}", "{\"start\":1.5}", "nope"})
  void refusesJsonThatIsNoMessage(String body) {
    AggregatedHttpResponse response = json("h2c", SELECT, body);

    assertThat(response.status()).as(response.contentUtf8()).isEqualTo(HttpStatus.BAD_REQUEST);
    assertThat(response.contentUtf8()).startsWith("{\"code\":\"invalid_argument\",\"message\":\"");
  }

  @Test
  void refusesDeeplyNestedJson() {
    String body = "{\"nope\":" + "[".repeat(20_000);

    assertThat(json("h2c", SELECT, body).status()).isEqualTo(HttpStatus.BAD_REQUEST);
  }

  @Test
  void refusesJsonThatIsNotUtf8() {
    byte[] body = {'{', '"', (byte) 0xff, '"', ':', '1', '}'};

    AggregatedHttpResponse response = post(SELECT, "application/json", body);

    assertThat(response.status()).isEqualTo(HttpStatus.BAD_REQUEST);
    assertThat(response.contentUtf8()).contains("not UTF-8");
  }

  @Test
  void readsBase64OfBothAlphabets() throws Exception {
    byte[] bytes = new byte[64];
    new Random(1).nextBytes(bytes);
    bytes[0] = (byte) 0xfb;
    bytes[1] = (byte) 0xff;
    for (Base64.Encoder encoder :
        new Base64.Encoder[] {
          Base64.getEncoder(),
          Base64.getUrlEncoder(),
          Base64.getEncoder().withoutPadding(),
          Base64.getUrlEncoder().withoutPadding()
        }) {
      String body =
          "{\"series\":[{\"samples\":[{\"ID\":\"x\",\"rawProfile\":\""
              + encoder.encodeToString(bytes)
              + "\"}]}]}";

      AggregatedHttpResponse response = json("h2c", PUSH, body);

      assertThat(response.status()).as(response.contentUtf8()).isEqualTo(HttpStatus.OK);
      PushRequest.Builder echo = PushRequest.newBuilder();
      JsonFormat.parser().merge(response.contentUtf8(), echo);
      assertThat(echo.build()).isEqualTo(pushRequest(bytes));
    }
  }

  @Test
  void answersProto() throws Exception {
    PushRequest request = pushRequest(new byte[] {1, 2, 3});

    AggregatedHttpResponse response = post(PUSH, "application/proto", request.toByteArray());

    assertThat(response.status()).isEqualTo(HttpStatus.OK);
    assertThat(response.contentType()).isEqualTo(MediaType.parse("application/proto"));
    assertThat(PushRequest.parseFrom(response.content().array())).isEqualTo(request);
  }

  @Test
  void takesAnEmptyProtoBodyForAnEmptyMessage() {
    AggregatedHttpResponse response = post(PUSH, "application/proto", new byte[0]);

    assertThat(response.status()).isEqualTo(HttpStatus.OK);
    assertThat(response.content().isEmpty()).as("empty body").isTrue();
  }

  @Test
  void refusesMalformedProto() {
    AggregatedHttpResponse response = post(PUSH, "application/proto", new byte[] {10, 100, 1});

    assertThat(response.status()).isEqualTo(HttpStatus.BAD_REQUEST);
    assertThat(response.contentUtf8()).contains("invalid_argument");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"application/json", "application/json; charset=utf-8", "application/json;q=1"})
  void takesContentTypesWithParameters(String contentType) {
    assertThat(post(SELECT, contentType, "{}".getBytes(UTF_8)).status()).isEqualTo(HttpStatus.OK);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/connect+proto", "application/xml"})
  void refusesOtherContentTypes(String contentType) {
    AggregatedHttpResponse response = post(SELECT, contentType, "{}".getBytes(UTF_8));

    assertThat(response.status()).isEqualTo(HttpStatus.UNSUPPORTED_MEDIA_TYPE);
    assertThat(response.headers().get("accept-post")).contains("application/proto");
  }

  @Test
  void refusesRequestsWithoutContentType() {
    AggregatedHttpResponse response =
        client("h2c").execute(RequestHeaders.of(HttpMethod.POST, SELECT), HttpData.ofUtf8("{}"));

    assertThat(response.status()).isEqualTo(HttpStatus.UNSUPPORTED_MEDIA_TYPE);
  }

  @ParameterizedTest
  @EnumSource(
      value = HttpMethod.class,
      names = {"GET", "PUT", "DELETE", "PATCH"})
  void refusesOtherMethods(HttpMethod method) {
    AggregatedHttpResponse response =
        client("h1c")
            .execute(
                RequestHeaders.of(method, SELECT, HttpHeaderNames.CONTENT_TYPE, "application/json"),
                method == HttpMethod.GET ? HttpData.empty() : HttpData.ofUtf8("{}"));

    assertThat(response.status()).isEqualTo(HttpStatus.METHOD_NOT_ALLOWED);
    assertThat(response.headers().get(HttpHeaderNames.ALLOW)).isEqualTo("POST");
  }

  @Test
  void knowsNoOtherMethodsOfTheService() {
    AggregatedHttpResponse response = json("h2c", "/test.v1.EchoService/Nope", "{}");

    assertThat(response.status()).isEqualTo(HttpStatus.NOT_IMPLEMENTED);
    assertThat(response.contentUtf8()).contains("\"code\":\"unimplemented\"");
  }

  @Test
  void knowsNoOtherServices() {
    AggregatedHttpResponse response = json("h1c", "/vcs.v1.VCSService/GithubApp", "{}");

    assertThat(response.status()).isEqualTo(HttpStatus.NOT_IMPLEMENTED);
    assertThat(response.contentType().is(MediaType.JSON)).as("JSON").isTrue();
    assertThat(response.contentUtf8()).contains("\"code\":\"unimplemented\"");
    assertThat(client("h1c").get("/vcs.v1.VCSService/GithubApp").status())
        .isEqualTo(HttpStatus.NOT_FOUND);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/vcs.v1.VCSService/GithubApp", "/test.v1.EchoService/Nope"})
  void tellsGrpcClientsOfUnknownMethodsInGrpc(String path) {
    assertThatThrownBy(() -> grpc(GrpcSerializationFormats.PROTO, path, select("x")))
        .isInstanceOfSatisfying(
            ArmeriaStatusException.class,
            e -> assertThat(e.getCode()).isEqualTo(RpcCode.UNIMPLEMENTED.number()));
  }

  @Test
  void answersUnknownPathsWithJson() {
    AggregatedHttpResponse response = client("h1c").get("/nope");

    assertThat(response.status()).isEqualTo(HttpStatus.NOT_FOUND);
    assertThat(response.contentUtf8()).startsWith("{\"code\":\"not_found\"");
  }

  // Errors

  @ParameterizedTest
  @EnumSource(RpcCode.class)
  void answersErrorsWithTheirCode(RpcCode code) {
    for (String extra : new String[] {"", ",\"maxNodes\":1"}) {
      AggregatedHttpResponse response =
          json("h2c", FAIL, "{\"labelSelector\":\"" + code + "\"" + extra + "}");

      assertThat(response.status()).isEqualTo(code.httpStatus());
      assertThat(response.contentType().is(MediaType.JSON)).as("JSON").isTrue();
      assertThat(response.contentUtf8())
          .isEqualTo("{\"code\":\"" + code.wireName() + "\",\"message\":\"It failed \\\"so\\\"\"}");
    }
  }

  @Test
  void sendsRetryAfterInWholeSeconds() {
    String body = "{\"labelSelector\":\"UNAVAILABLE\",\"start\":1500}";

    AggregatedHttpResponse response = json("h2c", FAIL, body);

    assertThat(response.headers().get(HttpHeaderNames.RETRY_AFTER)).isEqualTo("2");
  }

  @Test
  void tellsNothingAboutBugs() {
    AggregatedHttpResponse response = json("h2c", FAIL, "{\"labelSelector\":\"bug\"}");

    assertThat(response.status()).isEqualTo(HttpStatus.INTERNAL_SERVER_ERROR);
    assertThat(response.contentUtf8())
        .isEqualTo("{\"code\":\"internal\",\"message\":\"Internal error\"}");
  }

  @Test
  void answersATimeoutOfItsOwnWithUnavailable() {
    AggregatedHttpResponse response = json("h2c", HANG, "{}");

    assertThat(response.status()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
    assertThat(response.headers().get(HttpHeaderNames.RETRY_AFTER)).isEqualTo("1");
    assertThat(response.contentUtf8()).contains("\"code\":\"unavailable\"");
  }

  @Test
  void keepsTheClientsDeadline() {
    AggregatedHttpResponse response =
        client("h2c")
            .execute(
                RequestHeaders.builder(HttpMethod.POST, HANG)
                    .contentType(MediaType.JSON)
                    .add("connect-timeout-ms", "100")
                    .build(),
                "{}");

    assertThat(response.status()).isEqualTo(HttpStatus.GATEWAY_TIMEOUT);
    assertThat(response.contentUtf8()).contains("deadline_exceeded");
  }

  @ParameterizedTest
  @ValueSource(strings = {"x", "-1", "12345678901", "1s"})
  void refusesBadDeadlines(String deadline) {
    AggregatedHttpResponse response =
        client("h2c")
            .execute(
                RequestHeaders.builder(HttpMethod.POST, SELECT)
                    .contentType(MediaType.JSON)
                    .add("connect-timeout-ms", deadline)
                    .build(),
                "{}");

    assertThat(response.status()).isEqualTo(HttpStatus.BAD_REQUEST);
  }

  // Bodies

  @Test
  void readsGzip() {
    byte[] json = "{\"start\":1}".getBytes(UTF_8);

    AggregatedHttpResponse response = postEncoded("gzip", GzipBody.compress(json));

    assertThat(response.contentUtf8()).isEqualTo("{\"start\":\"1\"}");
  }

  @Test
  void readsGzipOfSeveralMembers() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(GzipBody.compress("{\"sta".getBytes(UTF_8)));
    body.writeBytes(GzipBody.compress(new byte[0]));
    body.writeBytes(GzipBody.compress("rt\":1}".getBytes(UTF_8)));

    AggregatedHttpResponse response = postEncoded("gzip", body.toByteArray());

    assertThat(response.contentUtf8()).isEqualTo("{\"start\":\"1\"}");
  }

  @Test
  void refusesGzipCutAnywhere() {
    byte[] gzip = GzipBody.compress("{\"start\":1}".getBytes(UTF_8));
    for (int length = 0; length < gzip.length; length++) {
      AggregatedHttpResponse response = postEncoded("gzip", Arrays.copyOf(gzip, length));

      assertThat(response.status()).as("cut at %s", length).isEqualTo(HttpStatus.BAD_REQUEST);
    }
  }

  @Test
  void refusesGzipWithTrailingGarbage() {
    byte[] gzip = GzipBody.compress("{\"start\":1}".getBytes(UTF_8));
    byte[] body = Arrays.copyOf(gzip, gzip.length + 20);

    AggregatedHttpResponse response = postEncoded("gzip", body);

    assertThat(response.status()).isEqualTo(HttpStatus.BAD_REQUEST);
    assertThat(response.contentUtf8()).contains("trailing garbage");
  }

  @Test
  void refusesGzipWithAWrongChecksum() {
    byte[] gzip = GzipBody.compress("{\"start\":1}".getBytes(UTF_8));
    gzip[gzip.length - 6]++;

    assertThat(postEncoded("gzip", gzip).contentUtf8()).contains("checksum");
  }

  @ParameterizedTest
  @ValueSource(strings = {"br", "gzip,gzip", "deflate", "zstd", "gzip, identity"})
  void refusesOtherEncodings(String encoding) {
    AggregatedHttpResponse response =
        postEncoded(encoding, GzipBody.compress("{}".getBytes(UTF_8)));

    assertThat(response.status()).isEqualTo(HttpStatus.BAD_REQUEST);
    assertThat(response.contentUtf8()).contains("Unsupported Content-Encoding");
  }

  @Test
  void refusesPlainBodiesThatClaimToBeGzip() {
    assertThat(postEncoded("gzip", "{}".getBytes(UTF_8)).status())
        .isEqualTo(HttpStatus.BAD_REQUEST);
  }

  @Test
  void refusesGzipBombs() {
    byte[] bomb = GzipBody.compress(new byte[8 << 20]);
    assertThat(bomb.length).isLessThan(MAX_REQUEST_BYTES);

    AggregatedHttpResponse response = postEncoded("gzip", bomb);

    assertThat(response.status()).isEqualTo(HttpStatus.REQUEST_ENTITY_TOO_LARGE);
    assertThat(response.contentUtf8()).contains("\"code\":\"resource_exhausted\"");
    Awaitility.await().untilAsserted(() -> assertThat(BUDGET.usedBytes()).isZero());
  }

  @Test
  void takesABodyOfExactlyTheLimit() {
    String json = "{\"labelSelector\":\"" + "x".repeat(MAX_REQUEST_BYTES - 20) + "\"}";
    assertThat(json).hasSize(MAX_REQUEST_BYTES);
    byte[] body = json.getBytes(UTF_8);

    assertThat(post(SELECT, "application/json", body).status()).isEqualTo(HttpStatus.OK);
    assertThat(postEncoded("gzip", GzipBody.compress(body)).status()).isEqualTo(HttpStatus.OK);
  }

  @ParameterizedTest
  @ValueSource(strings = {"h1c", "h2c"})
  void refusesBodiesOverTheLimit(String protocol) {
    String json = "{\"labelSelector\":\"" + "x".repeat(MAX_REQUEST_BYTES) + "\"}";

    AggregatedHttpResponse response = json(protocol, SELECT, json);

    assertThat(response.status()).isEqualTo(HttpStatus.REQUEST_ENTITY_TOO_LARGE);
  }

  @Test
  void refusesBodiesWithoutLengthOverTheLimit() throws Exception {
    try (Socket socket = new Socket("127.0.0.1", SERVER.httpPort())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          ("POST "
                  + SELECT
                  + " HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                  + "Transfer-Encoding: chunked\r\n\r\n")
              .getBytes(UTF_8));
      for (int i = 0; i < 16; i++) {
        out.write("2000\r\n".getBytes(UTF_8));
        out.write(new byte[0x2000]);
        out.write("\r\n".getBytes(UTF_8));
        out.flush();
      }

      String statusLine =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
      assertThat(statusLine).isEqualTo("HTTP/1.1 413 Request Entity Too Large");
    }
  }

  @Test
  void answersBodiesThatDoNotArriveWithRequestTimeout() {
    HttpRequestWriter request =
        HttpRequest.streaming(
            RequestHeaders.of(
                HttpMethod.POST, SELECT, HttpHeaderNames.CONTENT_TYPE, "application/json"));
    request.write(HttpData.ofUtf8("{"));

    AggregatedHttpResponse response = SERVER.webClient().execute(request).aggregate().join();

    assertThat(response.status()).isEqualTo(HttpStatus.REQUEST_TIMEOUT);
    Awaitility.await().untilAsserted(() -> assertThat(BUDGET.usedBytes()).isZero());
  }

  @Test
  void refusesWhatTheMemoryBudgetDoesNotHold() {
    try (MemoryBudget.Reservation others = BUDGET.open()) {
      Awaitility.await().untilAsserted(() -> assertThat(BUDGET.usedBytes()).isZero());
      others.grow(BUDGET.maxBytes() - 1);

      AggregatedHttpResponse response = json("h2c", SELECT, "{\"start\":1}");

      assertThat(response.status()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
      assertThat(response.headers().get(HttpHeaderNames.RETRY_AFTER)).isEqualTo("1");
      assertThatThrownBy(() -> grpc(GrpcSerializationFormats.PROTO, SELECT, select("x")))
          .hasMessageContaining("buffers are full");
    }

    assertThat(json("h2c", SELECT, "{\"start\":1}").status()).isEqualTo(HttpStatus.OK);
  }

  @Test
  void compressesLargeResponsesOnly() {
    for (int length : new int[] {10, 5000}) {
      AggregatedHttpResponse response =
          client("h2c")
              .execute(
                  RequestHeaders.builder(HttpMethod.POST, SELECT)
                      .contentType(MediaType.JSON)
                      .add(HttpHeaderNames.ACCEPT_ENCODING, "br, gzip;q=0.5")
                      .build(),
                  "{\"labelSelector\":\"" + "x".repeat(length) + "\"}");

      String encoding = response.headers().get(HttpHeaderNames.CONTENT_ENCODING);
      assertThat(encoding).isEqualTo(length == 10 ? null : "gzip");
      if (length > 10) {
        try (MemoryBudget.Reservation memory = new MemoryBudget(1 << 20).open()) {
          byte[] plain = GzipBody.decompress(response.content().array(), 1 << 20, memory);
          assertThat(new String(plain, UTF_8)).hasSize(length + 20);
        }
      }
    }
  }

  // gRPC

  @Test
  void answersGrpcAndGrpcWeb() throws Exception {
    PushRequest request = pushRequest(new byte[] {1, 2, 3});
    for (SerializationFormat format :
        new SerializationFormat[] {
          GrpcSerializationFormats.PROTO,
          GrpcSerializationFormats.PROTO_WEB,
          GrpcSerializationFormats.PROTO_WEB_TEXT
        }) {
      assertThat(PushRequest.parseFrom(grpc(format, PUSH, request)))
          .as(format.toString())
          .isEqualTo(request);
    }
  }

  @Test
  void answersGrpcWithJson() {
    byte[] json = "{\"nope\":1,\"start\":\"7\"}".getBytes(UTF_8);

    AggregatedHttpResponse response = post(SELECT, "application/grpc+json", grpcFrame(json, false));

    assertThat(response.trailers().get("grpc-status")).isEqualTo("0");
    assertThat(response.contentUtf8()).endsWith("{\"start\":\"7\"}");
  }

  /** Tenants share the workers fairly, so whatever takes time belongs there. */
  @Test
  void decodesOnTheWorkersInAllProtocols() {
    String path = "/test.v1.ClosedService/Select";

    assertThat(json("h2c", path, "{}").status()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
    assertThatThrownBy(() -> grpc(GrpcSerializationFormats.PROTO, path, select("x")))
        .isInstanceOfSatisfying(
            ArmeriaStatusException.class,
            e -> assertThat(e.getCode()).isEqualTo(RpcCode.UNAVAILABLE.number()));
  }

  @Test
  void leavesDecodingToMethodsThatWantToDoItThemselves() throws Exception {
    byte[] json = "{not json}".getBytes(UTF_8);
    byte[] gzip = GzipBody.compress(json);

    AggregatedHttpResponse plain = post(ENCODED, "application/json", json);
    AggregatedHttpResponse zipped = postEncoded(ENCODED, "gzip", gzip);
    AggregatedHttpResponse grpc = grpc(ENCODED, "grpc-encoding", "gzip", grpcFrame(gzip, true));

    assertThat(plain.contentUtf8()).contains("\"10 bytes of json: {not json}\"");
    assertThat(zipped.contentUtf8()).contains(gzip.length + " bytes of json: {not json}\"");
    assertThat(grpc.contentUtf8()).contains(gzip.length + " bytes of proto: {not json}");
  }

  private static SelectMergeStacktracesRequest describe(EncodedMessage message) {
    String format = message.isJson() ? "json" : "proto";
    String text = new String(message.decompress(), UTF_8);
    return select(message.length() + " bytes of " + format + ": " + text);
  }

  @ParameterizedTest
  @EnumSource(RpcCode.class)
  void answersGrpcErrorsWithTheirCode(RpcCode code) {
    assertThatThrownBy(() -> grpc(GrpcSerializationFormats.PROTO, FAIL, select(code.name())))
        .isInstanceOfSatisfying(
            ArmeriaStatusException.class, e -> assertThat(e.getCode()).isEqualTo(code.number()))
        .hasMessageContaining("It failed");
  }

  @Test
  void tellsNothingAboutBugsInGrpcEither() {
    assertThatThrownBy(() -> grpc(GrpcSerializationFormats.PROTO, FAIL, select("bug")))
        .isInstanceOfSatisfying(
            ArmeriaStatusException.class,
            e -> assertThat(e.getCode()).isEqualTo(RpcCode.INTERNAL.number()))
        .hasMessageNotContaining("secret");
  }

  @ParameterizedTest
  @CsvSource({
    "identity, 0aff, INVALID_ARGUMENT",
    "gzip, 0a00, INVALID_ARGUMENT",
    "gzip, 1f8b0800, INVALID_ARGUMENT",
    "zstd, 28b52ffd, UNIMPLEMENTED"
  })
  void refusesGrpcMessagesThatCannotBeRead(String encoding, String message, RpcCode code) {
    byte[] frame = grpcFrame(HexFormat.of().parseHex(message), !encoding.equals("identity"));

    AggregatedHttpResponse response = grpc(SELECT, "grpc-encoding", encoding, frame);

    assertThat(grpcCode(response)).isEqualTo(code.number());
  }

  @Test
  void tellsGrpcClientsWhenToTryAgain() throws Exception {
    SelectMergeStacktracesRequest request =
        select(RpcCode.UNAVAILABLE.name()).toBuilder().setStart(1500).build();

    AggregatedHttpResponse response =
        grpc(FAIL, "grpc-encoding", "identity", grpcFrame(request.toByteArray(), false));

    HttpHeaders trailers = grpcTrailers(response);
    assertThat(trailers.get("retry-after")).isEqualTo("2");
    com.google.rpc.Status status =
        com.google.rpc.Status.parseFrom(
            Base64.getDecoder().decode(trailers.get("grpc-status-details-bin", "")));
    assertThat(status.getCode()).isEqualTo(RpcCode.UNAVAILABLE.number());
    assertThat(status.getDetails(0).unpack(RetryInfo.class).getRetryDelay().getSeconds())
        .isEqualTo(2);
  }

  /** The server's time-out is 2 s. */
  @ParameterizedTest
  @CsvSource({
    ", UNAVAILABLE",
    "x, UNAVAILABLE",
    "1H, UNAVAILABLE",
    "1M, UNAVAILABLE",
    "99S, UNAVAILABLE",
    "100m, DEADLINE_EXCEEDED",
    "100000u, DEADLINE_EXCEEDED",
    "99999999n, DEADLINE_EXCEEDED",
  })
  void endsGrpcCallsInTime(@Nullable String timeout, RpcCode code) {
    String name = timeout == null ? "grpc-encoding" : "grpc-timeout";
    String value = timeout == null ? "identity" : timeout;

    AggregatedHttpResponse response = grpc(HANG, name, value, grpcFrame(new byte[0], false));

    assertThat(grpcCode(response)).isEqualTo(code.number());
  }

  /** A frame is a byte of flags, the length in four, and the message. */
  @ParameterizedTest
  @CsvSource({
    "application/grpc+proto,     ''",
    "application/grpc+proto,     0000",
    "application/grpc+proto,     00000000031203",
    "application/grpc+proto,     02000000020800",
    "application/grpc+proto,     01000000020800",
    "application/grpc+json,      00000000027b",
    "application/grpc-web+proto, 00000000031203",
    "application/grpc-web-text,  2121213d"
  })
  void refusesMalformedFramesAsTheCallersFault(String contentType, String hex) {
    AggregatedHttpResponse response = post(PUSH, contentType, HexFormat.of().parseHex(hex));

    assertThat(response.headers().get("grpc-status")).isEqualTo("3");
    assertThat(response.headers().get("grpc-message")).startsWith("Malformed frame: ");
  }

  @Test
  void refusesGrpcMessagesOverTheLimit() {
    assertThatThrownBy(
            () ->
                grpc(
                    GrpcSerializationFormats.PROTO, PUSH, pushRequest(new byte[MAX_REQUEST_BYTES])))
        .isInstanceOfSatisfying(
            ArmeriaStatusException.class,
            e -> assertThat(e.getCode()).isEqualTo(RpcCode.RESOURCE_EXHAUSTED.number()));
  }

  // Tenants

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '"',
      nullValues = "-",
      value = {
        "team-a       ; 200",
        "a!-_.*'()Z9  ; 200",
        "-            ; 401",
        "\"\"         ; 401",
        "..           ; 400",
        ".            ; 400",
        "a/b          ; 400",
        "a%2fb        ; 400",
        "a|b          ; 400",
        "\"'; drop\"   ; 400",
        "ä            ; 400",
        "a b          ; 400",
      })
  void findsTheTenant(String tenant, int status) {
    var headers = RequestHeaders.builder(HttpMethod.POST, TENANT).contentType(MediaType.JSON);
    if (tenant != null) {
      headers.add("X-Scope-OrgID", tenant);
    }

    AggregatedHttpResponse response = client("h1c").execute(headers.build(), "{}");

    assertThat(response.status().code()).as(response.contentUtf8()).isEqualTo(status);
    if (status == 200) {
      // Protobuf's JSON printer escapes what HTML gives a meaning.
      assertThat(response.contentUtf8().replace("\\u0027", "'"))
          .isEqualTo("{\"labelSelector\":\"" + tenant + "\"}");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "a; 200; [a]",
        "b|a; 200; [a, b]",
        "a|b|a|b; 200; [a, b]",
        "A|a|a.b; 200; [A, a, a.b]",
        "a|; 400;",
        "|a; 400;",
        "a||b; 400;",
        "|; 400;",
        "a|..; 400;",
        "a| b; 400;",
        "a,b; 400;",
        "a%7Cb; 400;",
        "a|b'; 200; [a, b']",
      })
  void joinsTenantsOfServicesThatReadThemTogether(String header, int status, String tenants) {
    AggregatedHttpResponse response = callTenants("Tenants", header);

    assertThat(response.status().code()).as(response.contentUtf8()).isEqualTo(status);
    if (status == 200) {
      assertThat(response.contentUtf8().replace("\\u0027", "'"))
          .isEqualTo("{\"labelSelector\":\"" + tenants + "\"}");
    }
  }

  @Test
  void limitsJoinedTenants() {
    String most = "t" + "|a".repeat(Tenants.MAX_JOINED - 1);

    assertThat(callTenants("Tenants", most).contentUtf8()).contains("[a, t]");
    assertThat(callTenants("Tenants", most + "|a").contentUtf8())
        .contains("names 65 tenants (expected: <= 64)");
  }

  @Test
  void refusesSeveralTenantsWhereOneIsNeeded() {
    assertThat(callTenants("Tenant", "a|a").contentUtf8()).contains("\"a\"");
    assertThat(callTenants("Tenant", "a|b").contentUtf8())
        .contains("invalid_argument", "X-Scope-OrgID has to name one tenant here");
  }

  private static AggregatedHttpResponse callTenants(String method, String header) {
    RequestHeaders headers =
        RequestHeaders.builder(HttpMethod.POST, "/test.v1.TenantsService/" + method)
            .contentType(MediaType.JSON)
            .add("X-Scope-OrgID", header)
            .build();
    return client("h1c").execute(headers, "{}");
  }

  @Test
  void refusesTwoTenants() {
    RequestHeaders headers =
        RequestHeaders.builder(HttpMethod.POST, TENANT)
            .contentType(MediaType.JSON)
            .add("X-Scope-OrgID", "a")
            .add("X-Scope-OrgID", "a")
            .build();

    assertThat(client("h2c").execute(headers, "{}").status()).isEqualTo(HttpStatus.BAD_REQUEST);
  }

  @Test
  void requiresTheTenantInGrpcToo() {
    assertThatThrownBy(() -> grpc(GrpcSerializationFormats.PROTO, TENANT, select("x")))
        .isInstanceOfSatisfying(
            ArmeriaStatusException.class,
            e -> assertThat(e.getCode()).isEqualTo(RpcCode.UNAUTHENTICATED.number()));
  }

  @Test
  void ignoresTheTenantWithoutMultitenancy() {
    RequestHeaders headers =
        RequestHeaders.builder(HttpMethod.POST, SELECT)
            .contentType(MediaType.JSON)
            .add("X-Scope-OrgID", "..")
            .build();

    assertThat(client("h2c").execute(headers, "{}").status()).isEqualTo(HttpStatus.OK);
  }

  @Test
  void takesLongRequestLines() {
    AggregatedHttpResponse response = client("h1c").get("/nope?name=" + "x".repeat(60_000));

    assertThat(response.status()).isEqualTo(HttpStatus.NOT_FOUND);
  }

  private static SelectMergeStacktracesRequest select(String selector) {
    return SelectMergeStacktracesRequest.newBuilder()
        .setLabelSelector(selector)
        .setFormat(ProfileFormat.PROFILE_FORMAT_FLAMEGRAPH)
        .build();
  }

  private static PushRequest pushRequest(byte[] profile) {
    return PushRequest.newBuilder()
        .addSeries(
            RawProfileSeries.newBuilder()
                .addSamples(
                    RawSample.newBuilder().setID("x").setRawProfile(ByteString.copyFrom(profile))))
        .build();
  }

  private static BlockingWebClient client(String protocol) {
    return WebClient.of(SERVER.uri(SessionProtocol.of(protocol))).blocking();
  }

  private static AggregatedHttpResponse json(String protocol, String path, String body) {
    return client(protocol)
        .execute(
            RequestHeaders.of(
                HttpMethod.POST, path, HttpHeaderNames.CONTENT_TYPE, "application/json"),
            body);
  }

  private static AggregatedHttpResponse post(String path, String contentType, byte[] body) {
    return client("h2c")
        .execute(
            RequestHeaders.of(HttpMethod.POST, path, HttpHeaderNames.CONTENT_TYPE, contentType),
            body);
  }

  private static AggregatedHttpResponse postEncoded(String encoding, byte[] body) {
    return postEncoded(SELECT, encoding, body);
  }

  private static AggregatedHttpResponse postEncoded(String path, String encoding, byte[] body) {
    return client("h2c")
        .execute(
            RequestHeaders.of(
                HttpMethod.POST,
                path,
                HttpHeaderNames.CONTENT_TYPE,
                "application/json",
                HttpHeaderNames.CONTENT_ENCODING,
                encoding),
            body);
  }

  private static AggregatedHttpResponse grpc(
      String path, String header, String value, byte[] frame) {
    return client("h2c")
        .execute(
            RequestHeaders.of(
                HttpMethod.POST,
                path,
                HttpHeaderNames.CONTENT_TYPE,
                "application/grpc",
                HttpHeaderNames.TE,
                "trailers",
                header,
                value),
            HttpData.wrap(frame));
  }

  private static byte[] grpcFrame(byte[] message, boolean isCompressed) {
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) (isCompressed ? 1 : 0))
        .putInt(message.length)
        .put(message)
        .array();
  }

  private static int grpcCode(AggregatedHttpResponse response) {
    return Integer.parseInt(grpcTrailers(response).get("grpc-status", "-1"));
  }

  /** They are the headers where there is no message. */
  private static HttpHeaders grpcTrailers(AggregatedHttpResponse response) {
    return response.trailers().contains("grpc-status") ? response.trailers() : response.headers();
  }

  private static byte[] grpc(SerializationFormat format, String path, Message request)
      throws Exception {
    UnaryGrpcClient client =
        new UnaryGrpcClient(WebClient.of(SERVER.uri(SessionProtocol.H2C)), format);
    try {
      return client.execute(path, request.toByteArray()).join();
    } catch (CompletionException e) {
      throw (Exception) e.getCause();
    }
  }
}
