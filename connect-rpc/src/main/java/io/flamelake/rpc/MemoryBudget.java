/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A cap on bytes that requests hold together. Nothing waits here: who finds the budget spent is
 * refused and told to come back.
 */
public final class MemoryBudget {

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final long maxBytes;
  private final AtomicLong usedBytes = new AtomicLong();

  public MemoryBudget(long maxBytes) {
    if (maxBytes <= 0) {
      throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: > 0)");
    }

    this.maxBytes = maxBytes;
  }

  public long maxBytes() {
    return maxBytes;
  }

  public long usedBytes() {
    return usedBytes.get();
  }

  /** Opens an empty reservation. */
  public Reservation open() {
    return new Reservation();
  }

  /** The bytes one holder has taken. Safe for use by several threads. */
  public final class Reservation implements AutoCloseable {

    private long bytes;
    private boolean closed;

    private Reservation() {}

    /**
     * Takes some more bytes.
     *
     * @throws RpcException {@code unavailable} when the budget does not hold them
     */
    public synchronized void grow(long moreBytes) {
      if (closed) {
        throw new RpcException(RpcCode.CANCELED, "The request has ended");
      }

      long used = usedBytes.addAndGet(moreBytes);
      if (used > maxBytes) {
        usedBytes.addAndGet(-moreBytes);
        throw RpcException.unavailable(
            "The server's buffers are full (" + maxBytes + " bytes), try again later", RETRY_AFTER);
      }

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
        usedBytes.addAndGet(-bytes);
      }
    }
  }
}
