/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import io.flamelake.proto.push.v1.PushRequest;
import io.flamelake.proto.push.v1.PushResponse;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.protobuf.ProtoUtils;
import io.grpc.stub.ClientCalls;
import java.net.URI;

/** Pushes with grpc-java's own client, over HTTP/2 without TLS. */
final class GrpcPush {
  private static final MethodDescriptor<PushRequest, PushResponse> PUSH =
      MethodDescriptor.<PushRequest, PushResponse>newBuilder()
          .setType(MethodType.UNARY)
          .setFullMethodName("push.v1.PusherService/Push")
          .setRequestMarshaller(ProtoUtils.marshaller(PushRequest.getDefaultInstance()))
          .setResponseMarshaller(ProtoUtils.marshaller(PushResponse.getDefaultInstance()))
          .build();

  private GrpcPush() {}

  static void push(URI server, PushRequest request) {
    ManagedChannel channel =
        ManagedChannelBuilder.forAddress(server.getHost(), server.getPort()).usePlaintext().build();
    try {
      ClientCalls.blockingUnaryCall(channel, PUSH, CallOptions.DEFAULT, request);
    } finally {
      channel.shutdownNow();
    }
  }
}
