/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.limits;

import io.flamelake.model.TenantId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * A token bucket of bytes for each tenant. An empty bucket refuses at once, nobody waits.
 *
 * <p>A profile larger than a full bucket is let through when the bucket is full, and the debt is
 * paid off by what follows: otherwise it could never be sent at all.
 */
public final class TenantRateLimiter {

  private static final double NANOS_PER_SECOND = 1e9;

  private final long rateBytes;
  private final long capacityBytes;
  private final LongSupplier nanoClock;
  private final Map<TenantId, Bucket> buckets = new ConcurrentHashMap<>();

  public TenantRateLimiter(Limits limits) {
    this(limits, System::nanoTime);
  }

  TenantRateLimiter(Limits limits, LongSupplier nanoClock) {
    this.rateBytes = limits.ingestionRateBytes();
    this.capacityBytes = Math.max(1, limits.ingestionBurstBytes());
    this.nanoClock = nanoClock;
  }

  /** Takes bytes from the tenant's bucket, or none and returns false. */
  public boolean tryAcquire(TenantId tenant, long bytes) {
    if (rateBytes == 0) {
      return true;
    }

    return buckets.computeIfAbsent(tenant, t -> new Bucket()).tryAcquire(bytes);
  }

  private final class Bucket {
    private double tokens = capacityBytes;
    private long filledNanos = nanoClock.getAsLong();

    synchronized boolean tryAcquire(long bytes) {
      long now = nanoClock.getAsLong();
      double refill = (now - filledNanos) / NANOS_PER_SECOND * rateBytes;
      tokens = Math.min(capacityBytes, tokens + refill);
      filledNanos = now;
      if (tokens < Math.min(bytes, capacityBytes)) {
        return false;
      }

      tokens -= bytes;
      return true;
    }
  }
}
