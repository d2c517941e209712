/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.SessionProtocol;
import io.flamelake.model.LabelSet;
import io.flamelake.model.TenantId;
import io.flamelake.proto.google.v1.Profile;
import io.flamelake.proto.querier.v1.SelectMergeProfileRequest;
import io.flamelake.query.QueryConfig;
import io.flamelake.query.QueryServer;
import io.flamelake.testkit.Gzip;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One rpc by every protocol; what all of them carry is the same. */
class QuerierProtocolTest {
  private static final String PATH = "/querier.v1.QuerierService/SelectMergeProfile";
  private static final TenantId TENANT = TenantId.ANONYMOUS;

  @TempDir private static Path directory;

  private static QueryServer server;
  private static PushedProfile pushed;
  private static SelectMergeProfileRequest request;

  @BeforeAll
  static void start() {
    server = new QueryServer(directory, QueryConfig.defaults());
    long now = System.currentTimeMillis();
    pushed =
        PushedProfile.random(
            new Random(3), TENANT, LabelSet.of("service_name", "shop"), now - 1_000);
    server.push(TENANT, pushed.toRecord());
    request =
        SelectMergeProfileRequest.newBuilder()
            .setProfileTypeID("process_cpu:cpu:nanoseconds:cpu:nanoseconds")
            .setLabelSelector("{}")
            .setStart(now - 60_000)
            .setEnd(now + 1)
            .build();
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static AggregatedHttpResponse send(RequestHeaders headers, byte[] body) {
    return server.client().execute(headers, HttpData.wrap(body)).aggregate().join();
  }

  private static void assertAnswer(byte[] profile) throws InvalidProtocolBufferException {
    Map<String, Long> sums =
        PushedProfile.sum(
            List.of(new PushedProfile(TENANT, LabelSet.EMPTY, Profile.parseFrom(profile))),
            0,
            p -> true);
    assertThat(sums).isEqualTo(PushedProfile.sum(List.of(pushed), 1, p -> true));
  }

  @Test
  void answersConnectWithBareProtobuf() throws IOException {
    AggregatedHttpResponse response =
        send(
            RequestHeaders.builder(HttpMethod.POST, PATH)
                .contentType(MediaType.parse("application/proto"))
                .build(),
            request.toByteArray());
    assertThat(response.contentType()).isEqualTo(MediaType.parse("application/proto"));
    assertAnswer(response.content().array());
  }

  @Test
  void gunzipsRequestAndGzipsAnswer() throws IOException {
    AggregatedHttpResponse response =
        send(
            RequestHeaders.builder(HttpMethod.POST, PATH)
                .contentType(MediaType.parse("application/proto"))
                .set(HttpHeaderNames.CONTENT_ENCODING, "gzip")
                .set(HttpHeaderNames.ACCEPT_ENCODING, "gzip")
                .build(),
            Gzip.compress(request.toByteArray()));
    assertThat(response.headers().get(HttpHeaderNames.CONTENT_ENCODING)).isEqualTo("gzip");
    assertAnswer(
        new GZIPInputStream(new ByteArrayInputStream(response.content().array())).readAllBytes());
  }

  @Test
  void answersGrpc() throws IOException {
    AggregatedHttpResponse response =
        WebClient.of(
                server.client().uri().toString().replace("http://", SessionProtocol.H2C + "://"))
            .execute(
                RequestHeaders.builder(HttpMethod.POST, PATH)
                    .contentType(MediaType.parse("application/grpc"))
                    .set(HttpHeaderNames.TE, "trailers")
                    .build(),
                HttpData.wrap(frame(request.toByteArray())))
            .aggregate()
            .join();
    assertThat(response.trailers().get("grpc-status")).isEqualTo("0");
    assertThat(response.headers().get("flamelake-read-tail-segments")).isEqualTo("1");
    assertAnswer(firstMessage(response.content().array()));
  }

  @Test
  void answersGrpcWeb() throws IOException {
    AggregatedHttpResponse response =
        send(
            RequestHeaders.builder(HttpMethod.POST, PATH)
                .contentType(MediaType.parse("application/grpc-web+proto"))
                .build(),
            frame(request.toByteArray()));
    assertThat(response.status().code()).isEqualTo(200);
    assertThat(response.headers().get("flamelake-read-tail-segments")).isEqualTo("1");
    assertThat(response.contentUtf8()).contains("grpc-status");
    assertAnswer(firstMessage(response.content().array()));
  }

  @Test
  void tellsGrpcClientsWhatIsWrong() {
    AggregatedHttpResponse response =
        send(
            RequestHeaders.builder(HttpMethod.POST, PATH)
                .contentType(MediaType.parse("application/grpc-web+proto"))
                .build(),
            frame(new byte[0]));
    String status = response.contentUtf8() + response.headers() + response.trailers();
    assertThat(status)
        .contains("profile_typeID is required")
        .containsPattern("grpc-status[:=]\\s?3");
  }

  private static byte[] frame(byte[] message) {
    return ByteBuffer.allocate(5 + message.length)
        .put((byte) 0)
        .putInt(message.length)
        .put(message)
        .array();
  }

  private static byte[] firstMessage(byte[] frames) {
    ByteBuffer buffer = ByteBuffer.wrap(frames);
    assertThat(buffer.get()).isZero();
    byte[] message = new byte[buffer.getInt()];
    buffer.get(message);
    return message;
  }
}
