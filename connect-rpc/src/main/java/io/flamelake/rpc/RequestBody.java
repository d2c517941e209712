/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.flamelake.rpc.MemoryBudget.Reservation;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * Reads whole request bodies, never more than a limit and never more than the memory budget has
 * left.
 *
 * <p>Armeria's own limit ({@code maxRequestLength}) must be off where this is used: it knows
 * neither the budget nor the status a protocol wants.
 */
public final class RequestBody {

  private static final byte[] EMPTY = {};

  private RequestBody() {}

  /**
   * Reads the body as it was sent, still compressed.
   *
   * @return fails with {@link RpcException}: {@code resource_exhausted} (HTTP 413) over {@code
   *     maxBytes}, {@code unavailable} when the budget is spent
   */
  public static CompletableFuture<byte[]> read(
      ServiceRequestContext ctx, HttpRequest request, long maxBytes, Reservation reservation) {
    CompletableFuture<byte[]> future = new CompletableFuture<>();
    long announced = request.headers().contentLength();
    if (announced > maxBytes) {
      request.abort();
      future.completeExceptionally(tooLarge(maxBytes));
      return future;
    }

    request.subscribe(
        new Collector(ctx, new BodyCount(maxBytes, reservation), future), ctx.eventLoop());
    return future;
  }

  /**
   * Undoes the body's {@code Content-Encoding}. CPU-bound: not for event loops.
   *
   * @throws RpcException {@code invalid_argument} for an encoding other than gzip, for two of them
   *     and for bad gzip; {@code resource_exhausted} (HTTP 413) over {@code maxBytes}
   */
  public static byte[] decode(
      RequestHeaders headers, byte[] body, long maxBytes, Reservation reservation) {
    List<String> encodings = headers.getAll(HttpHeaderNames.CONTENT_ENCODING);
    if (encodings.isEmpty()) {
      return body;
    }

    String encoding = String.join(",", encodings).strip().toLowerCase(Locale.ROOT);
    if (encoding.isEmpty() || encoding.equals("identity")) {
      return body;
    }

    if (!encoding.equals("gzip")) {
      throw RpcException.invalidArgument(
          "Unsupported Content-Encoding: " + encoding + " (expected: gzip)");
    }

    return GzipBody.decompress(body, maxBytes, reservation);
  }

  static RpcException tooLarge(long maxBytes) {
    return new RpcException(
            RpcCode.RESOURCE_EXHAUSTED, "The request body is larger than " + maxBytes + " bytes")
        .withHttpStatus(HttpStatus.REQUEST_ENTITY_TOO_LARGE);
  }

  /** Runs on the event loop of the request only. */
  private static final class Collector implements Subscriber<HttpObject> {

    private final ServiceRequestContext ctx;
    private final BodyCount count;
    private final CompletableFuture<byte[]> future;
    private final List<byte[]> chunks = new ArrayList<>();
    private @Nullable Subscription subscription;

    Collector(ServiceRequestContext ctx, BodyCount count, CompletableFuture<byte[]> future) {
      this.ctx = ctx;
      this.count = count;
      this.future = future;
    }

    @Override
    public void onSubscribe(Subscription newSubscription) {
      this.subscription = newSubscription;
      newSubscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(HttpObject object) {
      if (!(object instanceof HttpData data) || future.isDone()) {
        return;
      }

      byte[] chunk = data.array();
      try {
        count.add(chunk.length);
      } catch (RpcException e) {
        fail(e);
        return;
      }

      chunks.add(chunk);
    }

    @Override
    public void onError(Throwable cause) {
      chunks.clear();
      future.completeExceptionally(cause);
    }

    @Override
    public void onComplete() {
      ctx.setAttr(ApiErrorHandler.BODY_RECEIVED, true);
      future.complete(join());
    }

    private byte[] join() {
      if (chunks.isEmpty()) {
        return EMPTY;
      }

      if (chunks.size() == 1) {
        return chunks.get(0);
      }

      byte[] joined = new byte[(int) count.bytes()];
      int position = 0;
      for (byte[] chunk : chunks) {
        System.arraycopy(chunk, 0, joined, position, chunk.length);
        position += chunk.length;
      }

      chunks.clear();
      return joined;
    }

    private void fail(RpcException error) {
      chunks.clear();
      // The body is not wanted any more, so what is missing of it is not the client's delay.
      ctx.setAttr(ApiErrorHandler.BODY_RECEIVED, true);
      if (subscription != null) {
        subscription.cancel();
      }

      future.completeExceptionally(error);
    }
  }
}
