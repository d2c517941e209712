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

  /** gRPC sends the message in a header, and clients take 8 KiB of those by default. */
  private static final int MAX_MESSAGE_LENGTH = 2048;

  private PushFailures() {}

  /**
   * Returns the error for the whole request. A failure that may pass decides the code: the client
   * should send the request again for its sake.
   */
  static RpcException toRpcException(List<PushFailure> failures) {
    PushFailure decisive = failures.get(0);
    StringBuilder message = new StringBuilder();
    for (PushFailure failure : failures) {
      if (rank(failure.error().code()) > rank(decisive.error().code())) {
        decisive = failure;
      }

      if (message.length() < MAX_MESSAGE_LENGTH) {
        message.append(message.isEmpty() ? "" : "; ").append(failure.message());
      }
    }

    if (message.length() > MAX_MESSAGE_LENGTH) {
      message.setLength(MAX_MESSAGE_LENGTH);
      message.append("… (").append(failures.size()).append(" failed in all)");
    }

    RpcException error =
        new RpcException(
            decisive.error().code(),
            ofTenant(decisive.tenant(), message.toString()),
            decisive.error());
    return decisive.error().retryAfter() == null
        ? error
        : error.withRetryAfter(decisive.error().retryAfter());
  }

  /** Says whose profiles a message is about, before the words that clients may know. */
  static String ofTenant(TenantId tenant, String message) {
    return "Tenant " + tenant + ": " + message;
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
