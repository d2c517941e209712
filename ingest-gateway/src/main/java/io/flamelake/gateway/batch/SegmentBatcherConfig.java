/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.batch;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How profiles are gathered into segments.
 *
 * @param maxBytes {@code gateway.segment.max-bytes}: uncompressed size at which a segment is put
 *     without waiting for the interval
 * @param maxDelay {@code gateway.segment.max-delay}: interval between the starts of two puts of one
 *     lane, and so the longest a profile waits for others. After a pause of this length a profile
 *     is put at once
 * @param lanes {@code gateway.segment.lanes}: lanes written in parallel
 * @param closeTimeout {@code gateway.segment.close-timeout}: how long a shutdown waits for the last
 *     puts and the seals
 */
public record SegmentBatcherConfig(
    long maxBytes, Duration maxDelay, int lanes, Duration closeTimeout) {

  /** Four puts a second: what a put costs on S3 is paid for, not its size. */
  public static final Duration REMOTE_MAX_DELAY = Duration.ofMillis(250);

  /** On local disks a put costs a sync only. */
  public static final Duration LOCAL_MAX_DELAY = Duration.ofMillis(20);

  private static final long REMOTE_SHARED_MAX_BYTES = 4L << 20;
  private static final long LOCAL_SHARED_MAX_BYTES = 1L << 20;
  private static final long DEFAULT_MAX_BYTES = 16L << 20;
  private static final int DEFAULT_LANES = 1;
  private static final Duration DEFAULT_CLOSE_TIMEOUT = Duration.ofSeconds(8);

  public SegmentBatcherConfig {
    requireNonNull(maxDelay, "maxDelay");
    requireNonNull(closeTimeout, "closeTimeout");
    if (maxBytes < 1 || maxBytes > 256 << 20) {
      throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: 1..268435456)");
    }

    if (maxDelay.isNegative()) {
      throw new IllegalArgumentException("maxDelay: " + maxDelay + " (expected: >= 0)");
    }

    if (lanes < 1) {
      throw new IllegalArgumentException("lanes: " + lanes + " (expected: >= 1)");
    }

    if (closeTimeout.isNegative()) {
      throw new IllegalArgumentException("closeTimeout: " + closeTimeout + " (expected: >= 0)");
    }
  }

  /** The defaults for a store, which differ in the interval only. */
  public static SegmentBatcherConfig defaults(boolean remoteStore) {
    return new SegmentBatcherConfig(
        DEFAULT_MAX_BYTES,
        remoteStore ? REMOTE_MAX_DELAY : LOCAL_MAX_DELAY,
        DEFAULT_LANES,
        DEFAULT_CLOSE_TIMEOUT);
  }

  /**
   * The defaults for a store where tenants share segments. Who comes while one is made and put
   * waits until it is stored, so what others send at once must not make it long. How short it can
   * be depends on what a put costs.
   */
  public static SegmentBatcherConfig sharedDefaults(boolean remoteStore) {
    return defaults(remoteStore)
        .withMaxBytes(remoteStore ? REMOTE_SHARED_MAX_BYTES : LOCAL_SHARED_MAX_BYTES);
  }

  public SegmentBatcherConfig withMaxDelay(Duration newMaxDelay) {
    return new SegmentBatcherConfig(maxBytes, newMaxDelay, lanes, closeTimeout);
  }

  public SegmentBatcherConfig withMaxBytes(long newMaxBytes) {
    return new SegmentBatcherConfig(newMaxBytes, maxDelay, lanes, closeTimeout);
  }

  public SegmentBatcherConfig withLanes(int newLanes) {
    return new SegmentBatcherConfig(maxBytes, maxDelay, newLanes, closeTimeout);
  }

  public SegmentBatcherConfig withCloseTimeout(Duration newCloseTimeout) {
    return new SegmentBatcherConfig(maxBytes, maxDelay, lanes, newCloseTimeout);
  }
}
