/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway;

import static java.util.Objects.requireNonNull;

import io.flamelake.gateway.batch.SegmentBatcherConfig;
import io.flamelake.gateway.limits.Limits;
import java.time.Duration;

/**
 * What can be set about the gateway.
 *
 * @param multitenancyEnabled {@code multitenancy-enabled}: whether requests name their tenant in
 *     {@code X-Scope-OrgID}; if not, all belong to {@code anonymous}
 * @param maxBufferBytes {@code gateway.buffer.max-bytes}: what requests and profiles that are not
 *     stored yet may hold in memory together; above it requests are refused with 503. A quarter of
 *     it is the most one request's body may have
 * @param workers {@code gateway.workers}: threads that decode and validate
 * @param requestTimeout {@code gateway.request-timeout}: how long a push may take, its upload
 *     included; the acknowledgement waits for the store
 * @param segment {@code gateway.segment.*}: how profiles are gathered into segments
 * @param limits {@code gateway.limits.*}: what each tenant may push, unless something else is said
 *     of that tenant
 */
public record GatewayConfig(
    boolean multitenancyEnabled,
    long maxBufferBytes,
    int workers,
    Duration requestTimeout,
    SegmentBatcherConfig segment,
    Limits limits) {

  private static final long MIN_BUFFER_BYTES = 1 << 20;
  private static final long DEFAULT_MAX_BUFFER_BYTES = 512L << 20;
  private static final Duration DEFAULT_REQUEST_TIMEOUT = Duration.ofSeconds(15);

  public GatewayConfig {
    requireNonNull(requestTimeout, "requestTimeout");
    requireNonNull(segment, "segment");
    requireNonNull(limits, "limits");
    if (maxBufferBytes < MIN_BUFFER_BYTES) {
      throw new IllegalArgumentException(
          "maxBufferBytes: " + maxBufferBytes + " (expected: >= " + MIN_BUFFER_BYTES + ")");
    }

    if (workers < 1) {
      throw new IllegalArgumentException("workers: " + workers + " (expected: >= 1)");
    }

    if (requestTimeout.isZero() || requestTimeout.isNegative()) {
      throw new IllegalArgumentException("requestTimeout: " + requestTimeout + " (expected: > 0)");
    }
  }

  /**
   * The defaults on this machine: a worker for each processor, buffers of a quarter of the heap but
   * 512 MiB at most.
   *
   * @param remoteStore whether segments go to an object store and not to a local disk
   */
  public static GatewayConfig defaults(boolean remoteStore) {
    Runtime runtime = Runtime.getRuntime();
    return new GatewayConfig(
        false,
        Math.max(MIN_BUFFER_BYTES, Math.min(DEFAULT_MAX_BUFFER_BYTES, runtime.maxMemory() / 4)),
        runtime.availableProcessors(),
        DEFAULT_REQUEST_TIMEOUT,
        SegmentBatcherConfig.defaults(remoteStore),
        Limits.defaults());
  }

  /** The most a request's body may have: the tenant's limit, or what the buffers allow. */
  public long maxRequestBytes() {
    return Math.min(limits.ingestionBodyBytes(), maxBufferBytes / 4);
  }

  public GatewayConfig withMultitenancy(boolean enabled) {
    return new GatewayConfig(enabled, maxBufferBytes, workers, requestTimeout, segment, limits);
  }

  public GatewayConfig withMaxBufferBytes(long bytes) {
    return new GatewayConfig(multitenancyEnabled, bytes, workers, requestTimeout, segment, limits);
  }

  public GatewayConfig withWorkers(int count) {
    return new GatewayConfig(
        multitenancyEnabled, maxBufferBytes, count, requestTimeout, segment, limits);
  }

  public GatewayConfig withRequestTimeout(Duration timeout) {
    return new GatewayConfig(
        multitenancyEnabled, maxBufferBytes, workers, timeout, segment, limits);
  }

  public GatewayConfig withSegment(SegmentBatcherConfig newSegment) {
    return new GatewayConfig(
        multitenancyEnabled, maxBufferBytes, workers, requestTimeout, newSegment, limits);
  }

  public GatewayConfig withLimits(Limits newLimits) {
    return new GatewayConfig(
        multitenancyEnabled, maxBufferBytes, workers, requestTimeout, segment, newLimits);
  }
}
