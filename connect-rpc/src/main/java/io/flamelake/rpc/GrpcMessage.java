/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import io.flamelake.rpc.MemoryBudget.Reservation;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * A message of gRPC, still compressed if it came so. Armeria reads messages on event loops, which
 * have no time to decompress and to decode them.
 */
record GrpcMessage(byte[] bytes, MessageCodec codec) {

  EncodedMessage encoded(long maxBytes, Reservation reservation) {
    // Neither protobuf, which has no wire type 7, nor JSON begins with gzip's magic.
    boolean isGzip = GzipBody.isGzip(bytes, 0);
    return new EncodedMessage(
        codec,
        bytes.length,
        () -> isGzip ? GzipBody.decompress(bytes, maxBytes, reservation) : bytes,
        reservation);
  }

  /** Takes a message's bytes from the wire. */
  enum Marshaller implements MethodDescriptor.Marshaller<GrpcMessage> {
    INSTANCE;

    @Override
    public InputStream stream(GrpcMessage message) {
      return new ByteArrayInputStream(message.bytes);
    }

    @Override
    public GrpcMessage parse(InputStream in) {
      try {
        return new GrpcMessage(in.readAllBytes(), MessageCodec.PROTO);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
