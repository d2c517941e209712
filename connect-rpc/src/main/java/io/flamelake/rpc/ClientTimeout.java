/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.util.TimeoutMode;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How long a client waits for its answer, which may shorten the server's own time-out but not
 * lengthen it.
 *
 * @param millis null if the client does not say
 */
record ClientTimeout(@Nullable Long millis) {

  private static final ClientTimeout NONE = new ClientTimeout(null);

  private static final Pattern CONNECT = Pattern.compile("[0-9]{1,10}");
  private static final Pattern GRPC = Pattern.compile("([0-9]{1,8})([HMSmun])");

  /**
   * Reads the header of Connect.
   *
   * @throws RpcException {@code invalid_argument} if it is none
   */
  static ClientTimeout ofConnect(RequestHeaders headers) {
    String text = headers.get("connect-timeout-ms");
    if (text == null) {
      return NONE;
    }

    if (!CONNECT.matcher(text).matches()) {
      throw RpcException.invalidArgument("Invalid Connect-Timeout-Ms: " + text);
    }

    return new ClientTimeout(Long.parseLong(text));
  }

  /** Reads the header of gRPC; one that is none says nothing. */
  static ClientTimeout ofGrpc(RequestHeaders headers) {
    Matcher matcher = GRPC.matcher(headers.get("grpc-timeout", ""));
    if (!matcher.matches()) {
      return NONE;
    }

    long count = Long.parseLong(matcher.group(1));
    Duration timeout =
        switch (matcher.group(2)) {
          case "H" -> Duration.ofHours(count);
          case "M" -> Duration.ofMinutes(count);
          case "S" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMillis(count);
          case "u" -> Duration.ofNanos(1_000 * count);
          default -> Duration.ofNanos(count);
        };
    return new ClientTimeout(timeout.toMillis());
  }

  void applyTo(ServiceRequestContext ctx) {
    if (millis == null) {
      return;
    }

    long clientMillis = Math.max(1, millis);
    long ownMillis = ctx.requestTimeoutMillis();
    if (ownMillis == 0 || clientMillis < ownMillis) {
      ctx.setAttr(ApiErrorHandler.CLIENT_DEADLINE, true);
      ctx.setRequestTimeoutMillis(TimeoutMode.SET_FROM_START, clientMillis);
    }
  }
}
