/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import io.flamelake.model.TenantId;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A cap on bytes that requests hold together. Nothing waits here: who finds the budget spent is
 * refused and told to come back.
 *
 * <p>A budget may be shared between tenants: then one holds at most {@value #SHARE} times of what
 * all leave free. Alone that is three quarters of the budget, of two who want all of it each has
 * three sevenths; so something is always left for the tenant who comes next.
 */
public final class MemoryBudget {

  private static final int SHARE = 3;

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final long maxBytes;
  private final boolean isShared;

  // Guarded by this. Tenants that hold nothing are not in the map.
  private final Map<TenantId, Long> tenantBytes = new HashMap<>();
  private long usedBytes;

  /** A budget that anybody may spend alone. */
  public MemoryBudget(long maxBytes) {
    this(maxBytes, false);
  }

  private MemoryBudget(long maxBytes, boolean isShared) {
    if (maxBytes <= 0) {
      throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: > 0)");
    }

    this.maxBytes = maxBytes;
    this.isShared = isShared;
  }

  /** A budget of which each tenant has a share only. */
  public static MemoryBudget sharedByTenants(long maxBytes) {
    return new MemoryBudget(maxBytes, true);
  }

  public long maxBytes() {
    return maxBytes;
  }

  public synchronized long usedBytes() {
    return usedBytes;
  }

  /** Opens an empty reservation that belongs to no tenant. */
  public Reservation open() {
    return new Reservation(null);
  }

  /** Opens an empty reservation of a tenant. */
  public Reservation open(TenantId tenant) {
    return new Reservation(isShared ? tenant : null);
  }

  private synchronized void take(@Nullable TenantId tenant, long bytes) {
    long used = usedBytes + bytes;
    if (used > maxBytes) {
      throw RpcException.unavailable(
          "The server's buffers are full (" + maxBytes + " bytes), try again later", RETRY_AFTER);
    }

    if (tenant != null) {
      long held = tenantBytes.getOrDefault(tenant, 0L) + bytes;
      if (held / SHARE > maxBytes - used) {
        throw new RpcException(
                RpcCode.RESOURCE_EXHAUSTED,
                "The tenant's share of the server's buffers is full ("
                    + (held - bytes)
                    + " bytes), try again later")
            .withRetryAfter(RETRY_AFTER);
      }

      tenantBytes.put(tenant, held);
    }

    usedBytes = used;
  }

  private synchronized void giveBack(@Nullable TenantId tenant, long bytes) {
    usedBytes -= bytes;
    if (tenant != null) {
      tenantBytes.computeIfPresent(tenant, (t, held) -> held == bytes ? null : held - bytes);
    }
  }

  /** The bytes one holder has taken. Safe for use by several threads. */
  public final class Reservation implements AutoCloseable {

    private final @Nullable TenantId tenant;
    private long bytes;
    private boolean closed;

    private Reservation(@Nullable TenantId tenant) {
      this.tenant = tenant;
    }

    /**
     * Takes some more bytes.
     *
     * @throws RpcException {@code unavailable} when the budget does not hold them, {@code
     *     resource_exhausted} when the tenant's share does not
     */
    public synchronized void grow(long moreBytes) {
      if (closed) {
        throw new RpcException(RpcCode.CANCELED, "The request has ended");
      }

      take(tenant, moreBytes);
      bytes += moreBytes;
    }

    /** The bytes taken so far. */
    public synchronized long bytes() {
      return bytes;
    }

    /** Gives everything back; later calls change nothing. */
    @Override
    public synchronized void close() {
      if (!closed) {
        closed = true;
        giveBack(tenant, bytes);
      }
    }
  }
}
