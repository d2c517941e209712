/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import java.util.concurrent.CompletionStage;

/** What answers a method that decodes its messages itself. */
@FunctionalInterface
public interface EncodedMessageHandler<R> {

  /**
   * Answers one request. May be called on an event loop, so it must not block, decompress nor
   * decode before it has gone to a thread of its own.
   *
   * @throws RpcException for an error the client should see; the stage may fail with one as well
   */
  CompletionStage<R> handle(RpcContext ctx, EncodedMessage request);
}
