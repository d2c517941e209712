/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.api;

import io.flamelake.gateway.intake.PushFailure;
import io.flamelake.model.TenantId;
import io.flamelake.rpc.RpcCode;
import io.flamelake.rpc.RpcException;
import java.util.List;

/** Makes one error of what went wrong with the profiles of a request. */
final class PushFailures {

  private PushFailures() {}

  /**
   * Returns the error for the whole request. A failure that may pass decides the code: the client
   * should send the request again for its sake.
   */
  static RpcException toRpcException(TenantId tenant, List<PushFailure> failures) {
    PushFailure decisive = failures.get(0);
    FailureMessage message = new FailureMessage();
    for (PushFailure failure : failures) {
      if (rank(failure.error().code()) > rank(decisive.error().code())) {
        decisive = failure;
      }

      message.add(failure.message());
    }

    RpcException error =
        new RpcException(
            decisive.error().code(),
            message.finish(tenant, failures.size() + " failed"),
            decisive.error());
    return decisive.error().retryAfter() == null
        ? error
        : error.withRetryAfter(decisive.error().retryAfter());
  }

  private static int rank(RpcCode code) {
    return switch (code) {
      case UNAVAILABLE -> 3;
      case RESOURCE_EXHAUSTED -> 2;
      case INTERNAL -> 1;
      default -> 0;
    };
  }
}
