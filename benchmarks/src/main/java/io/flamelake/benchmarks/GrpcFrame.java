/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import java.nio.ByteBuffer;

/** A message as gRPC sends it: whether it is compressed, its length and its bytes. */
final class GrpcFrame {
  private static final int HEADER_BYTES = 5;

  private GrpcFrame() {}

  /**
   * @param gzip whether the message is compressed
   */
  static Upload upload(String path, byte[] message, boolean gzip, long bytes, long samples) {
    ByteBuffer frame = ByteBuffer.allocate(HEADER_BYTES + message.length);
    frame.put((byte) (gzip ? 1 : 0)).putInt(message.length).put(message);
    return new Upload(
        RequestHeaders.builder(HttpMethod.POST, path)
            .add("content-type", "application/grpc+proto")
            .add("te", "trailers")
            .add("grpc-encoding", gzip ? "gzip" : "identity")
            .build(),
        HttpData.wrap(frame.array()),
        bytes,
        samples);
  }
}
