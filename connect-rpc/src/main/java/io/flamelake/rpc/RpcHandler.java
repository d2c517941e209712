/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import java.util.concurrent.CompletionStage;

/** What answers one method, whatever the protocol it was called by. */
@FunctionalInterface
public interface RpcHandler<Q, R> {

  /**
   * Answers one request. Called on a thread of the blocking task executor, never on an event loop,
   * so it may block; a slow answer that needs no thread should still come through the returned
   * stage.
   *
   * @throws RpcException for an error the client should see; the stage may fail with one as well
   */
  CompletionStage<R> handle(RpcContext ctx, Q request);
}
