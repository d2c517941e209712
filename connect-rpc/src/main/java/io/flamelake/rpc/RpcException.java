/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import static java.util.Objects.requireNonNull;

import com.linecorp.armeria.common.HttpStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * An error meant for the client: its message is sent as it is, so it must hold nothing internal.
 *
 * <p>Every other exception is answered as {@code internal} without its message.
 */
public final class RpcException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final RpcCode code;
  private final transient HttpStatus httpStatus;
  private final @Nullable Duration retryAfter;

  public RpcException(RpcCode code, String message) {
    this(code, message, null);
  }

  public RpcException(RpcCode code, String message, @Nullable Throwable cause) {
    this(code, code.httpStatus(), message, null, cause);
  }

  private RpcException(
      RpcCode code,
      HttpStatus httpStatus,
      String message,
      @Nullable Duration retryAfter,
      @Nullable Throwable cause) {
    super(requireNonNull(message, "message"), cause);
    this.code = requireNonNull(code, "code");
    this.httpStatus = requireNonNull(httpStatus, "httpStatus");
    this.retryAfter = retryAfter;
  }

  public static RpcException invalidArgument(String message) {
    return new RpcException(RpcCode.INVALID_ARGUMENT, message);
  }

  /** A refusal that is not the client's fault and is worth trying again after a while. */
  public static RpcException unavailable(String message, Duration retryAfter) {
    return new RpcException(RpcCode.UNAVAILABLE, message).withRetryAfter(retryAfter);
  }

  /** The same error with a {@code Retry-After} header, in whole seconds and at least one. */
  public RpcException withRetryAfter(Duration newRetryAfter) {
    return new RpcException(code, httpStatus, message(), newRetryAfter, getCause());
  }

  /** The same error with another HTTP status than its code's; gRPC clients do not see it. */
  public RpcException withHttpStatus(HttpStatus newHttpStatus) {
    return new RpcException(code, newHttpStatus, message(), retryAfter, getCause());
  }

  public RpcCode code() {
    return code;
  }

  public HttpStatus httpStatus() {
    return httpStatus;
  }

  public @Nullable Duration retryAfter() {
    return retryAfter;
  }

  /** The message, which an exception of this type always has. */
  public String message() {
    return requireNonNull(getMessage(), "message");
  }
}
