/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.google.protobuf.Message;
import io.flamelake.rpc.MemoryBudget.Reservation;
import java.util.function.Supplier;

/**
 * A request's message that is still to be decompressed and decoded, whatever protocol brought it.
 */
public final class EncodedMessage {

  private final MessageCodec codec;
  private final int length;
  private final Supplier<byte[]> decompressed;
  private final Reservation reservation;

  EncodedMessage(
      MessageCodec codec, int length, Supplier<byte[]> decompressed, Reservation reservation) {
    this.codec = codec;
    this.length = length;
    this.decompressed = decompressed;
    this.reservation = reservation;
  }

  /** Bytes as they were sent. */
  public int length() {
    return length;
  }

  /** Whether it is protobuf's JSON mapping, and not protobuf. */
  public boolean isJson() {
    return codec == MessageCodec.JSON;
  }

  /** The memory of the request, which ends with it. */
  public Reservation reservation() {
    return reservation;
  }

  /**
   * CPU-bound: not for event loops.
   *
   * @throws RpcException if the compression is unknown, corrupt, or hides too many bytes
   */
  public byte[] decompress() {
    return decompressed.get();
  }

  /**
   * CPU-bound: not for event loops.
   *
   * @throws RpcException if it is none
   */
  <M extends Message> M decode(M prototype) {
    return codec.decode(decompress(), prototype);
  }
}
