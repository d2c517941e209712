/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Sends uploads, so many at once, and expects each to be acknowledged. */
final class UploadClient {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private final WebClient client;
  private final int concurrent;
  private final Semaphore permits;
  private final AtomicReference<@Nullable String> failure = new AtomicReference<>();

  UploadClient(URI server, int concurrent) {
    this.client = WebClient.builder(server).responseTimeout(TIMEOUT).build();
    this.concurrent = concurrent;
    this.permits = new Semaphore(concurrent);
  }

  /** Sends an upload, once fewer than so many are under way. */
  CompletableFuture<AggregatedHttpResponse> send(Upload upload) {
    permits.acquireUninterruptibly();
    return client
        .execute(upload.request())
        .aggregate()
        .whenComplete(
            (response, cause) -> {
              permits.release();
              if (cause != null) {
                failure.set(cause.toString());
              } else if (!isAcknowledged(response)) {
                failure.set(response.headers() + " " + response.contentUtf8());
              }
            });
  }

  /**
   * Waits until all that was sent is acknowledged.
   *
   * @throws IllegalStateException if something was not
   */
  void await() throws InterruptedException {
    permits.acquire(concurrent);
    permits.release(concurrent);
    String failed = failure.get();
    if (failed != null) {
      throw new IllegalStateException("An upload was not acknowledged: " + failed);
    }
  }

  /** Whether a response says yes; gRPC says no in a 200, too. */
  static boolean isAcknowledged(AggregatedHttpResponse response) {
    return response.status().code() == 200
        && response.headers().get("grpc-status", "0").equals("0")
        && response.trailers().get("grpc-status", "0").equals("0");
  }
}
