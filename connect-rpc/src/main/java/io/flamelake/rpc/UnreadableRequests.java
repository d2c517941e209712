/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.linecorp.armeria.common.util.Exceptions;
import io.flamelake.model.TenantId;
import org.jspecify.annotations.Nullable;

/** Is told of requests that were refused before there was a message to handle. */
@FunctionalInterface
public interface UnreadableRequests {

  /**
   * A body is too large, {@link RpcCode#RESOURCE_EXHAUSTED}, or cannot be read, {@link
   * RpcCode#INVALID_ARGUMENT}.
   *
   * @param bytes of the body as it was announced, 0 if it was not
   */
  void refused(TenantId tenant, RpcCode code, long bytes);

  /**
   * Tells of what made the reading of a request's body fail, if that was the body's fault.
   *
   * @param thrown null if nothing failed
   */
  default void tell(RpcContext ctx, @Nullable Throwable thrown) {
    Throwable cause = thrown == null ? null : Exceptions.peel(thrown);
    // What may be sent again is refused for want of memory.
    if (cause instanceof RpcException error && error.retryAfter() == null) {
      tell(ctx.tenants().get(0), error.code(), ctx.http().request().headers().contentLength());
    }
  }

  /**
   * Tells of a request that failed with a code, if that is of an unreadable one.
   *
   * @param announcedBytes negative if they were not
   */
  default void tell(TenantId tenant, RpcCode code, long announcedBytes) {
    if (code == RpcCode.RESOURCE_EXHAUSTED || code == RpcCode.INVALID_ARGUMENT) {
      refused(tenant, code, Math.max(0, announcedBytes));
    }
  }
}
