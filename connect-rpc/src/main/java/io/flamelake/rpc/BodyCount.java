/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import io.flamelake.rpc.MemoryBudget.Reservation;

/** The bytes of a body that have come so far, each taken from a reservation. Not thread-safe. */
final class BodyCount {

  private final long maxBytes;
  private final Reservation reservation;
  private long bytes;

  BodyCount(long maxBytes, Reservation reservation) {
    this.maxBytes = maxBytes;
    this.reservation = reservation;
  }

  /**
   * Counts some more.
   *
   * @throws RpcException if these are too many, or the reservation cannot grow by them
   */
  void add(int length) {
    bytes += length;
    if (bytes > maxBytes) {
      throw RequestBody.tooLarge(maxBytes);
    }

    reservation.grow(length);
  }

  long bytes() {
    return bytes;
  }
}
