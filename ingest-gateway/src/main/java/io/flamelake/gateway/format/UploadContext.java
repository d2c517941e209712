/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.pprof.PprofLimits;
import io.flamelake.rpc.MemoryBudget.Reservation;
import io.flamelake.rpc.RpcCode;
import io.flamelake.rpc.RpcException;
import java.util.function.BooleanSupplier;

/**
 * What is known of an upload beside its bytes.
 *
 * @param app the application's name as the client wrote it
 * @param sampleRate samples a second, for formats that count samples
 * @param fromNanos the profile's time
 * @param untilNanos its end
 * @param limits what each of the upload's profiles may cost
 * @param maxUploadBytes what the upload may have once it is unpacked
 * @param memory pays for the conversion
 * @param cancelled whether nobody waits for the answer any more
 */
public record UploadContext(
    String app,
    int sampleRate,
    long fromNanos,
    long untilNanos,
    PprofLimits limits,
    long maxUploadBytes,
    Reservation memory,
    BooleanSupplier cancelled) {

  private static final long NANOS_PER_SECOND = 1_000_000_000;

  public UploadContext {
    requireNonNull(app, "app");
    requireNonNull(limits, "limits");
    requireNonNull(memory, "memory");
    requireNonNull(cancelled, "cancelled");
    if (sampleRate <= 0 || sampleRate > NANOS_PER_SECOND) {
      throw new IllegalArgumentException(
          "sampleRate: " + sampleRate + " (expected: 1.." + NANOS_PER_SECOND + ")");
    }
  }

  /** The time between two samples. */
  long periodNanos() {
    return NANOS_PER_SECOND / sampleRate;
  }

  long durationNanos() {
    return Math.max(0, untilNanos - fromNanos);
  }

  /** Ends a conversion whose result nobody would get: the request's time-out is its time limit. */
  void checkWanted() {
    if (cancelled.getAsBoolean()) {
      throw new RpcException(RpcCode.CANCELED, "The request has ended");
    }
  }
}
