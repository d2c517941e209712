/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.google.protobuf.Message;
import io.flamelake.rpc.MemoryBudget.Reservation;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * A gRPC message as it came. Armeria reads messages on event loops, which have no time to
 * decompress and to decode them.
 */
record EncodedMessage(byte[] bytes, MessageCodec codec) {

  /**
   * CPU-bound: not for event loops.
   *
   * @param maxBytes of the message decompressed
   * @param reservation grows by what decompressing takes
   * @throws RpcException if it is none
   */
  <M extends Message> M decode(M prototype, long maxBytes, Reservation reservation) {
    // Neither protobuf, which has no wire type 7, nor JSON begins with gzip's magic.
    boolean isGzip = GzipBody.isGzip(bytes, 0);
    byte[] message = isGzip ? GzipBody.decompress(bytes, maxBytes, reservation) : bytes;
    return codec.decode(message, prototype);
  }

  /** Takes a message's bytes from the wire. */
  enum Marshaller implements MethodDescriptor.Marshaller<EncodedMessage> {
    INSTANCE;

    @Override
    public InputStream stream(EncodedMessage message) {
      return new ByteArrayInputStream(message.bytes);
    }

    @Override
    public EncodedMessage parse(InputStream in) {
      try {
        return new EncodedMessage(in.readAllBytes(), MessageCodec.PROTO);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
