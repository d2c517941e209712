/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.RequestHeadersBuilder;
import io.flamelake.gateway.limits.Limits;
import io.flamelake.model.TenantId;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.RawProfileSeries;
import io.flamelake.proto.push.v1.RawSample;
import io.flamelake.segment.store.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The statuses that clients who push know, case by case. */
class PushStatusTest {

  private static final String PROTO = "application/proto";
  private static final String TENANT = "team-a";

  /** May push a byte a second, and has spent what it may for long. */
  private static final String SLOW_TENANT = "slow";

  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    Map<TenantId, Limits> limits =
        Map.of(
            new TenantId(SLOW_TENANT), Limits.defaults().withIngestionRate(1, 1),
            new TenantId("small"), Limits.defaults().withIngestionBodyBytes(1));
    gateway =
        new TestGateway(
            TestGateway.config().withMultitenancy(true).withMaxBufferBytes(4 << 20),
            tenant -> limits.getOrDefault(tenant, Limits.defaults()),
            new InMemoryObjectStore());
    post(TestGateway.PUSH, PROTO, SLOW_TENANT, push(cpu()));
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
          proto                   | 200 | application/proto                | good         |
          proto_gzip_profile      | 200 | application/proto                | gzipped      |
          json                    | 200 | application/json                 | json         |
          json_charset            | 200 | application/json; charset=utf-8  | json         |
          json_unknown_fields     | 200 | application/json                 | jsonUnknown  |
          no_samples              | 200 | application/proto                | nothingLeft  |
          series_without_profiles | 200 | application/proto                | noProfiles   |
          invalid_json            | 400 | application/json                 | text         | invalid_argument
          empty_body              | 400 | application/json                 | empty        | invalid_argument
          invalid_proto           | 400 | application/proto                | text         | invalid_argument
          no_series               | 400 | application/proto                | empty        | invalid_argument
          no_labels               | 400 | application/proto                | noLabels     | invalid_argument
          no_name                 | 400 | application/proto                | noName       | invalid_argument
          duplicate_labels        | 400 | application/proto                | duplicate    | invalid_argument
          malformed_profile       | 400 | application/proto                | malformed    | invalid_argument
          empty_profile           | 400 | application/proto                | emptyProfile | invalid_argument
          outside_window          | 400 | application/proto                | old          | invalid_argument
          profile_too_large       | 400 | application/proto                | large        | invalid_argument
          one_of_two_malformed    | 400 | application/proto                | oneOfTwo     | invalid_argument
          invalid_content_type    | 415 | text/plain                       | good         | invalid_argument
          no_content_type         | 415 |                                  | good         | invalid_argument
          body_too_large          | 413 | application/proto                | huge         | resource_exhausted
          """)
  void answersPushes(
      String name, int status, @Nullable String contentType, String body, @Nullable String code) {
    AggregatedHttpResponse response = post(TestGateway.PUSH, contentType, TENANT, pushBody(body));

    assertStatus(response, status, code);
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          pprof                | 200 | name=app&format=pprof                      | pprof     |
          pprof_gzip           | 200 | name=app&format=pprof                      | gzip      |
          pprof_without_sample | 200 | name=app&format=pprof                      | nothing   |
          labels               | 200 | name=app%7Ba%3Db%2Cc%3Dd%7D&format=pprof   | pprof     |
          profile_id           | 200 | name=app%7Bprofile_id%3D1%7D&format=pprof  | pprof     |
          odd_sample_rate      | 200 | name=app&format=pprof&sampleRate=-1        | pprof     |
          times                | 200 | name=app&format=pprof&from=now-10s&until=now | pprof   |
          folded               | 200 | name=app&from=now-10s&until=now            | folded    |
          lines                | 200 | name=app&format=lines                      | folded    |
          type_suffix          | 200 | name=my.app.cpu                            | folded    |
          missing_name         | 400 | format=pprof                               | pprof     | invalid_argument
          empty_name           | 400 | name=&format=pprof                         | pprof     | invalid_argument
          invalid_name          | 400 | name=a%7Bb&format=pprof                   | pprof     | invalid_argument
          invalid_app          | 400 | name=a%20b&format=pprof                    | pprof     | invalid_argument
          invalid_from         | 400 | name=app&format=pprof&from=yesterday       | pprof     | invalid_argument
          invalid_until        | 400 | name=app&format=pprof&until=12x            | pprof     | invalid_argument
          body_too_large       | 413 | name=app&format=pprof                      | huge      | resource_exhausted
          malformed_pprof      | 422 | name=app&format=pprof                      | text      | invalid_argument
          empty_body           | 422 | name=app&format=pprof                      | empty     | invalid_argument
          truncated_gzip       | 422 | name=app&format=pprof                      | truncated | invalid_argument
          profile_too_large    | 422 | name=app&format=pprof                      | large     | invalid_argument
          too_old              | 422 | name=app&format=pprof                      | old       | invalid_argument
          malformed_folded     | 422 | name=app                                   | text      | invalid_argument
          unknown_type_suffix  | 422 | name=my.app                                | folded    | invalid_argument
          malformed_jfr        | 422 | name=app&format=jfr                        | text      |
          malformed_tree       | 422 | name=app&format=tree                       | text      | invalid_argument
          malformed_speedscope | 422 | name=app&format=speedscope                 | text      | invalid_argument
          """)
  void answersIngests(String name, int status, String query, String body, @Nullable String code) {
    for (String path : List.of("/ingest?", "/pyroscope/ingest?")) {
      AggregatedHttpResponse response =
          post(path + query, "application/octet-stream", TENANT, ingestBody(body));

      assertStatus(response, status, code);
      if (status == 200) {
        assertThat(response.content().isEmpty()).as("empty body").isTrue();
      } else if (status == 422) {
        assertThat(response.contentUtf8()).contains("\"message\":\"Tenant team-a: ");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {TestGateway.PUSH, "/ingest?name=app&format=pprof"})
  void answersCallersWhoMayNotPush(String path) {
    byte[] body = path.startsWith("/ingest") ? cpu() : push(cpu());

    assertStatus(post(path, PROTO, null, body), 401, "unauthenticated");
    assertStatus(post(path, PROTO, "a/b", body), 400, "invalid_argument");
    assertStatus(post(path, PROTO, "a|b", body), 400, "invalid_argument");
    assertStatus(post(path, PROTO, "x".repeat(151), body), 400, "invalid_argument");
    AggregatedHttpResponse limited = post(path, PROTO, SLOW_TENANT, body);
    assertStatus(limited, 429, "resource_exhausted");
    assertThat(limited.headers().get(HttpHeaderNames.RETRY_AFTER)).isEqualTo("1");
    int tooLargeTogether = path.startsWith("/ingest") ? 422 : 400;
    assertStatus(post(path, PROTO, "small", body), tooLargeTogether, "invalid_argument");
  }

  @ParameterizedTest
  @ValueSource(strings = {TestGateway.PUSH, "/ingest?name=app&format=pprof"})
  void answersEncodings(String path) {
    byte[] body = path.startsWith("/ingest") ? cpu() : push(cpu());
    byte[] gzip = TestProfiles.gzip(body);

    assertThat(encoded(path, "gzip", gzip).status().code()).isEqualTo(200);
    assertThat(encoded(path, "identity", body).status().code()).isEqualTo(200);
    assertStatus(encoded(path, "gzip", body), 400, "invalid_argument");
    assertStatus(encoded(path, "gzip", Arrays.copyOf(gzip, 20)), 400, "invalid_argument");
    assertStatus(encoded(path, "gzip, gzip", TestProfiles.gzip(gzip)), 400, "invalid_argument");
    assertStatus(encoded(path, "zstd", body), 400, "invalid_argument");
  }

  private static void assertStatus(
      AggregatedHttpResponse response, int status, @Nullable String code) {
    assertThat(response.status().code()).as(response.contentUtf8()).isEqualTo(status);
    if (code != null) {
      assertThat(response.contentUtf8()).contains("\"code\":\"" + code + "\"", "\"message\":");
    }
  }

  private static byte[] pushBody(String name) {
    return switch (name) {
      case "good" -> push(cpu());
      case "gzipped" -> push(TestProfiles.gzip(cpu()));
      case "json" -> json("");
      case "jsonUnknown" -> json("\"unknown\":[{}],");
      case "nothingLeft" -> push(TestProfiles.empty().toByteArray());
      case "noProfiles" ->
          PushRequest.newBuilder()
              .addSeries(RawProfileSeries.getDefaultInstance())
              .build()
              .toByteArray();
      case "noLabels" -> push(series(cpu()).clearLabels());
      case "noName" -> push(series(cpu()).removeLabels(0));
      case "duplicate" -> push(series(cpu()).addLabels(series(cpu()).getLabels(0)));
      case "malformed" -> push(new byte[] {1, 2, 3});
      case "emptyProfile" -> push(new byte[0]);
      case "old" -> push(old());
      case "large" -> push(TestProfiles.gzip(new byte[(4 << 20) + 1]));
      case "oneOfTwo" ->
          PushRequest.newBuilder()
              .addSeries(series(cpu()))
              .addSeries(series(new byte[] {1}))
              .build()
              .toByteArray();
      default -> ingestBody(name);
    };
  }

  private static byte[] ingestBody(String name) {
    return switch (name) {
      case "pprof" -> cpu();
      case "gzip" -> TestProfiles.gzip(cpu());
      case "truncated" -> Arrays.copyOf(TestProfiles.gzip(cpu()), 40);
      case "nothing" -> TestProfiles.empty().toByteArray();
      case "large" -> TestProfiles.gzip(new byte[(4 << 20) + 1]);
      case "huge" -> new byte[2 << 20];
      case "old" -> old();
      case "folded" -> utf8("main;work 3\nmain;rest 4\n");
      case "text" -> utf8("{ this is nothing of all that\n");
      case "empty" -> new byte[0];
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static byte[] cpu() {
    return TestProfiles.cpu().toByteArray();
  }

  private static byte[] old() {
    PprofBuilder cpu = TestProfiles.cpu();
    return cpu.timeNanos(TestProfiles.nanos(Instant.now().minusSeconds(7200))).toByteArray();
  }

  private static byte[] json(String more) {
    return utf8(
        ("{%s\"series\":[{\"labels\":[{\"name\":\"__name__\",\"value\":\"process_cpu\"}],"
                + "\"samples\":[{\"rawProfile\":\"%s\"}]}]}")
            .formatted(more, Base64.getEncoder().encodeToString(cpu())));
  }

  private static byte[] push(byte[] profile) {
    return push(series(profile));
  }

  private static byte[] push(RawProfileSeries.Builder series) {
    return PushRequest.newBuilder().addSeries(series).build().toByteArray();
  }

  private static RawProfileSeries.Builder series(byte[] profile) {
    return TestGateway.series(cpu()).toBuilder()
        .setSamples(0, RawSample.newBuilder().setRawProfile(ByteString.copyFrom(profile)));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static AggregatedHttpResponse encoded(String path, String encoding, byte[] body) {
    return gateway
        .client()
        .execute(
            RequestHeaders.of(
                HttpMethod.POST,
                path,
                HttpHeaderNames.CONTENT_TYPE,
                PROTO,
                HttpHeaderNames.CONTENT_ENCODING,
                encoding,
                "X-Scope-OrgID",
                TENANT),
            HttpData.wrap(body));
  }

  private static AggregatedHttpResponse post(
      String path, @Nullable String contentType, @Nullable String tenant, byte[] body) {
    RequestHeadersBuilder headers = RequestHeaders.builder(HttpMethod.POST, path);
    if (contentType != null) {
      headers.set(HttpHeaderNames.CONTENT_TYPE, contentType);
    }

    if (tenant != null) {
      headers.set("X-Scope-OrgID", tenant);
    }

    return gateway.client().execute(headers.build(), HttpData.wrap(body));
  }
}
