/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.flamelake.model.TenantId;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where requests are decoded, whatever protocol they speak.
 *
 * @param workers null for Armeria's own threads for what blocks
 */
record DecodeThreads(@Nullable TenantWorkers workers) {

  <T> CompletableFuture<T> submit(
      ServiceRequestContext ctx, TenantId caller, long bytes, Supplier<T> work) {
    return workers == null
        ? CompletableFuture.supplyAsync(work, ctx.blockingTaskExecutor())
        : workers.submit(caller, bytes, work);
  }
}
