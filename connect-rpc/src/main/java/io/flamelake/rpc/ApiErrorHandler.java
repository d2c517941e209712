/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.HttpHeaders;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.HttpResponseException;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.RequestTimeoutException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.netty.util.AttributeKey;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one place that turns exceptions into HTTP. Clients get a code and a message, never a stack
 * trace; of exceptions that were not meant for them, not even the message.
 */
public final class ApiErrorHandler implements ServerErrorHandler {

  private static final Logger LOG = LoggerFactory.getLogger(ApiErrorHandler.class);

  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  /** Set once the whole request is here: a time-out after that is the server's fault. */
  static final AttributeKey<Boolean> BODY_RECEIVED =
      AttributeKey.valueOf(ApiErrorHandler.class, "BODY_RECEIVED");

  /** Set when the client chose the time-out. */
  static final AttributeKey<Boolean> CLIENT_DEADLINE =
      AttributeKey.valueOf(ApiErrorHandler.class, "CLIENT_DEADLINE");

  /** What the client is told about an exception. */
  static RpcException toRpcException(@Nullable ServiceRequestContext ctx, Throwable thrown) {
    Throwable cause = Exceptions.peel(thrown);
    if (cause instanceof RpcException rpcException) {
      return rpcException;
    }

    if (cause instanceof RequestTimeoutException) {
      return timeout(ctx);
    }

    if (cause instanceof ContentTooLargeException tooLarge) {
      return RequestBody.tooLarge(tooLarge.maxContentLength());
    }

    LOG.warn("Request failed: {}", ctx, cause);
    return new RpcException(RpcCode.INTERNAL, "Internal error", cause);
  }

  private static RpcException timeout(@Nullable ServiceRequestContext ctx) {
    if (ctx != null
        && ctx.method() != HttpMethod.GET
        && !Boolean.TRUE.equals(ctx.attr(BODY_RECEIVED))) {
      return new RpcException(RpcCode.DEADLINE_EXCEEDED, "The request did not arrive in time")
          .withHttpStatus(HttpStatus.REQUEST_TIMEOUT);
    }

    if (ctx != null && Boolean.TRUE.equals(ctx.attr(CLIENT_DEADLINE))) {
      return new RpcException(RpcCode.DEADLINE_EXCEEDED, "The client's deadline has passed");
    }

    return RpcException.unavailable("The request took too long, try again later", RETRY_AFTER);
  }

  @Override
  public @Nullable HttpResponse onServiceException(ServiceRequestContext ctx, Throwable cause) {
    Throwable peeled = Exceptions.peel(cause);
    if (peeled instanceof HttpStatusException
        || peeled instanceof HttpResponseException
        || peeled instanceof ClosedStreamException
        || (Exceptions.isExpected(peeled) && !(peeled instanceof RequestTimeoutException))) {
      // Armeria knows best: these carry a response already, or the client has gone.
      return null;
    }

    return ErrorResponses.of(toRpcException(ctx, peeled));
  }

  @Override
  public AggregatedHttpResponse onProtocolViolation(
      ServiceConfig config,
      @Nullable RequestHeaders headers,
      HttpStatus status,
      @Nullable String description,
      @Nullable Throwable cause) {
    return renderStatus(null, config, headers, status, description, cause);
  }

  @Override
  public AggregatedHttpResponse renderStatus(
      @Nullable ServiceRequestContext ctx,
      ServiceConfig config,
      @Nullable RequestHeaders headers,
      HttpStatus status,
      @Nullable String description,
      @Nullable Throwable cause) {
    String message = description == null ? status.reasonPhrase() : description;
    return AggregatedHttpResponse.of(
        ErrorResponses.headers(status, null, HttpHeaders.of()),
        ErrorResponses.body(RpcCode.ofHttpStatus(status), message));
  }
}
