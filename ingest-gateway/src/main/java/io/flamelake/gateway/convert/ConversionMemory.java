/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.convert;

import static java.util.Objects.requireNonNull;

import io.flamelake.rpc.MemoryBudget.Reservation;

/** What one conversion holds, paid in steps from the request's reservation. */
public final class ConversionMemory {

  private static final long STEP_BYTES = 64 << 10;

  private final Reservation reservation;
  private long paid;

  public ConversionMemory(Reservation reservation) {
    this.reservation = requireNonNull(reservation, "reservation");
  }

  /** Pays for bytes that are about to be allocated; they are held until the request ends. */
  public void take(long bytes) {
    if (bytes > paid) {
      long more = Math.max(bytes - paid, STEP_BYTES);
      reservation.grow(more);
      paid += more;
    }

    paid -= bytes;
  }
}
