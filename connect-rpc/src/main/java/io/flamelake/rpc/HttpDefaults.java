/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.linecorp.armeria.server.ServerBuilder;
import java.time.Duration;

/** The server settings that profiling clients need and a server on an open port should have. */
public final class HttpDefaults {

  /** SDKs put every label into the request line of {@code /ingest}. */
  private static final int MAX_HEADER_BYTES = 64 * 1024;

  /** Request line and headers are one list in HTTP/2. */
  private static final int MAX_HTTP2_HEADER_LIST_BYTES = 2 * MAX_HEADER_BYTES;

  private static final int MAX_CONNECTIONS = 16_384;
  private static final int MAX_STREAMS_PER_CONNECTION = 1_000;
  private static final int MAX_RESET_FRAMES = 400;
  private static final int RESET_FRAMES_WINDOW_SECONDS = 60;
  private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);
  private static final Duration SHUTDOWN_QUIET_PERIOD = Duration.ofSeconds(2);
  private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(20);

  private HttpDefaults() {}

  /**
   * Applies the settings, and {@link ApiErrorHandler}, to the whole server. Limits of the request
   * body stay with each service.
   *
   * @param requestTimeout how long a request may take, from its first byte to its answer
   */
  public static void apply(ServerBuilder sb, Duration requestTimeout) {
    sb.http1MaxInitialLineLength(MAX_HEADER_BYTES)
        .http1MaxHeaderSize(MAX_HEADER_BYTES)
        .http2MaxHeaderListSize(MAX_HTTP2_HEADER_LIST_BYTES)
        .http2MaxStreamsPerConnection(MAX_STREAMS_PER_CONNECTION)
        .http2MaxResetFramesPerWindow(MAX_RESET_FRAMES, RESET_FRAMES_WINDOW_SECONDS)
        .maxNumConnections(MAX_CONNECTIONS)
        .requestTimeout(requestTimeout)
        .idleTimeout(IDLE_TIMEOUT)
        .gracefulShutdownTimeout(SHUTDOWN_QUIET_PERIOD, SHUTDOWN_TIMEOUT)
        .errorHandler(new ApiErrorHandler());
  }
}
