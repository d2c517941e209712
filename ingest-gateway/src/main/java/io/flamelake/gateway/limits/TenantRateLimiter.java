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

  private final LongSupplier nanoClock;
  private final Map<TenantId, Bucket> buckets = new ConcurrentHashMap<>();

  public TenantRateLimiter() {
    this(System::nanoTime);
  }

  TenantRateLimiter(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /**
   * Takes bytes from the tenant's bucket, or none and returns false.
   *
   * @param limits those of the tenant now: a bucket keeps what is in it when they change
   */
  public boolean tryAcquire(TenantId tenant, Limits limits, long bytes) {
    if (limits.ingestionRateBytes() == 0) {
      return true;
    }

    long capacityBytes = capacity(limits);
    return buckets
        .computeIfAbsent(tenant, t -> new Bucket(capacityBytes))
        .tryAcquire(bytes, limits.ingestionRateBytes(), capacityBytes);
  }

  /** Whether {@link #tryAcquire} would take these bytes now; it takes none. */
  public boolean hasRoom(TenantId tenant, Limits limits, long bytes) {
    Bucket bucket = buckets.get(tenant);
    return limits.ingestionRateBytes() == 0
        || bucket == null
        || bucket.hasRoom(bytes, limits.ingestionRateBytes(), capacity(limits));
  }

  private static long capacity(Limits limits) {
    return Math.max(1, limits.ingestionBurstBytes());
  }

  private final class Bucket {
    private double tokens;
    private long filledNanos = nanoClock.getAsLong();

    Bucket(long tokens) {
      this.tokens = tokens;
    }

    synchronized boolean tryAcquire(long bytes, long rateBytes, long capacityBytes) {
      boolean hasRoom = hasRoom(bytes, rateBytes, capacityBytes);
      if (hasRoom) {
        tokens -= bytes;
      }

      return hasRoom;
    }

    synchronized boolean hasRoom(long bytes, long rateBytes, long capacityBytes) {
      long now = nanoClock.getAsLong();
      double refill = (now - filledNanos) / NANOS_PER_SECOND * rateBytes;
      tokens = Math.min(capacityBytes, tokens + refill);
      filledNanos = now;
      return tokens >= Math.min(bytes, capacityBytes);
    }
  }
}
