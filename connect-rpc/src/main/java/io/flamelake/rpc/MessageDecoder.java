/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.google.protobuf.Message;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Decodes messages for methods that take them decoded.
 *
 * @param workers null for Armeria's own threads for what blocks
 */
record MessageDecoder(@Nullable TenantWorkers workers, UnreadableRequests unreadable) {

  <Q extends Message, R> EncodedMessageHandler<R> before(RpcHandler<Q, R> handler, Q prototype) {
    return (ctx, request) ->
        decode(ctx, request, prototype)
            .whenComplete((message, thrown) -> unreadable.tell(ctx, thrown))
            // Not on the workers: handlers block.
            .thenComposeAsync(
                message -> handler.handle(ctx, message), ctx.http().blockingTaskExecutor());
  }

  private <Q extends Message> CompletableFuture<Q> decode(
      RpcContext ctx, EncodedMessage request, Q prototype) {
    return workers == null
        ? CompletableFuture.supplyAsync(
            () -> request.decode(prototype), ctx.http().blockingTaskExecutor())
        : workers.submit(ctx.tenants().get(0), request.length(), () -> request.decode(prototype));
  }
}
