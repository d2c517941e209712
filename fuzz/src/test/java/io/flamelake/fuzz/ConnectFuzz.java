/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import static io.flamelake.fuzz.Bounds.check;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.util.JsonFormat;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import io.flamelake.gateway.otlp.OtlpExamples;
import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.RawProfileSeries;
import io.flamelake.proto.push.v1.RawSample;
import io.flamelake.proto.types.v1.LabelPair;
import io.flamelake.testkit.Gzip;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Set;

/**
 * The envelopes of a push: Connect in protobuf and JSON, gRPC and gRPC-Web, compressed and not; and
 * OTLP's in HTTP. The first byte of an input is the kind of the envelope, the rest the body.
 */
public final class ConnectFuzz {

  private static final String PUSH = "/push.v1.PusherService/Push";
  private static final String OTLP = "/v1development/profiles";
  private static final int GRPC_PREFIX_BYTES = 5;

  /** Unknown, internal, unavailable and data loss. */
  private static final Set<String> SERVER_FAULTS = Set.of("2", "13", "14", "15");

  private ConnectFuzz() {}

  private enum Envelope {
    PROTO(PUSH, "application/proto", "identity"),
    PROTO_GZIP(PUSH, "application/proto", "gzip"),
    JSON(PUSH, "application/json", "identity"),
    GRPC(PUSH, "application/grpc+proto", "identity"),
    GRPC_JSON(PUSH, "application/grpc+json", "identity"),
    GRPC_WEB(PUSH, "application/grpc-web+proto", "identity"),
    GRPC_WEB_TEXT(PUSH, "application/grpc-web-text", "identity"),
    OTLP_PROTO(OTLP, "application/x-protobuf", "identity"),
    OTLP_JSON(OTLP, "application/json", "identity");

    private final String path;
    private final String contentType;
    private final String contentEncoding;

    Envelope(String path, String contentType, String contentEncoding) {
      this.path = path;
      this.contentType = contentType;
      this.contentEncoding = contentEncoding;
    }
  }

  /** Starts the gateway and loads its classes, which is more than one input has time for. */
  public static void fuzzerInitialize() {
    seeds().forEach(ConnectFuzz::fuzzerTestOneInput);
  }

  public static void fuzzerTestOneInput(byte[] input) {
    if (input.length == 0) {
      return;
    }

    Envelope envelope = Envelope.values()[(input[0] & 0xff) % Envelope.values().length];
    byte[] body = Arrays.copyOfRange(input, 1, input.length);
    RequestHeaders headers =
        FuzzGateway.post(envelope.path, envelope.contentType).toBuilder()
            .set(HttpHeaderNames.CONTENT_ENCODING, envelope.contentEncoding)
            .build();
    AggregatedHttpResponse response = FuzzGateway.execute(headers, body);
    checkGrpcStatus(response);
    if (envelope == Envelope.PROTO) {
      check(
          !response.status().equals(HttpStatus.OK) || isPushRequest(body),
          "Protobuf refuses what was accepted");
    }
  }

  static List<byte[]> seeds() {
    PushRequest request = request();
    byte[] proto = request.toByteArray();
    byte[] json = json(request);
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(seed(Envelope.PROTO, proto));
    seeds.add(seed(Envelope.PROTO_GZIP, Gzip.compress(proto)));
    seeds.add(seed(Envelope.JSON, json));
    seeds.add(seed(Envelope.GRPC, framed(proto)));
    seeds.add(seed(Envelope.GRPC_JSON, framed(json)));
    seeds.add(seed(Envelope.GRPC_WEB, framed(proto)));
    seeds.add(seed(Envelope.GRPC_WEB_TEXT, Base64.getEncoder().encode(framed(proto))));
    seeds.add(seed(Envelope.OTLP_PROTO, OtlpExamples.protos().get(0)));
    seeds.add(seed(Envelope.OTLP_JSON, OtlpExamples.jsons().get(0)));
    return seeds;
  }

  /** An error that is not the caller's would be told as such. */
  private static void checkGrpcStatus(AggregatedHttpResponse response) {
    for (HttpHeaders headers : List.of(response.headers(), response.trailers())) {
      String status = headers.get("grpc-status");
      check(
          status == null || !SERVER_FAULTS.contains(status),
          "gRPC status %s: %s",
          status,
          headers.get("grpc-message"));
    }
  }

  private static PushRequest request() {
    return PushRequest.newBuilder()
        .addSeries(
            RawProfileSeries.newBuilder()
                .addLabels(LabelPair.newBuilder().setName("__name__").setValue("process_cpu"))
                .addLabels(LabelPair.newBuilder().setName("service_name").setValue("shop"))
                .addSamples(
                    RawSample.newBuilder()
                        .setID("00000000-0000-0001-0000-000000000002")
                        .setRawProfile(ByteString.copyFrom(PprofExamples.small()))))
        .build();
  }

  private static byte[] json(PushRequest request) {
    try {
      return JsonFormat.printer().print(request).getBytes(UTF_8);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] framed(byte[] message) {
    return ByteBuffer.allocate(GRPC_PREFIX_BYTES + message.length)
        .put((byte) 0)
        .putInt(message.length)
        .put(message)
        .array();
  }

  private static byte[] seed(Envelope envelope, byte[] body) {
    return ByteBuffer.allocate(1 + body.length).put((byte) envelope.ordinal()).put(body).array();
  }

  private static boolean isPushRequest(byte[] body) {
    try {
      PushRequest.parseFrom(body);
      return true;
    } catch (InvalidProtocolBufferException e) {
      return false;
    }
  }
}
