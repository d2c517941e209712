/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.linecorp.armeria.common.util.Exceptions;
import io.flamelake.model.TenantId;

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

  /** Tells of what made the reading of a body fail, if that was the body's fault. */
  default void tell(TenantId tenant, Throwable thrown, long announcedBytes) {
    // What may be sent again is refused for want of memory.
    if (Exceptions.peel(thrown) instanceof RpcException error && error.retryAfter() == null) {
      tell(tenant, error.code(), announcedBytes);
    }
  }

  /** As {@link #tell(TenantId, Throwable, long)}. */
  default void tell(TenantId tenant, RpcCode code, long announcedBytes) {
    if (code == RpcCode.RESOURCE_EXHAUSTED || code == RpcCode.INVALID_ARGUMENT) {
      refused(tenant, code, Math.max(0, announcedBytes));
    }
  }
}
