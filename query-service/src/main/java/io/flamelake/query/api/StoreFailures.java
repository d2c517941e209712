/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import io.flamelake.rpc.RpcException;
import io.flamelake.segment.store.ObjectStoreException;
import java.time.Duration;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns failures of the object store into what the client is told. */
final class StoreFailures {
  private static final Logger LOG = LoggerFactory.getLogger(StoreFailures.class);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private StoreFailures() {}

  /**
   * Does something with the object store.
   *
   * @throws RpcException {@code unavailable} if the store fails
   */
  static <T> T translate(Supplier<T> action) {
    try {
      return action.get();
    } catch (ObjectStoreException e) {
      LOG.warn("The object store failed", e);
      throw RpcException.unavailable(
          "The object store could not be reached, see the server's log", RETRY_AFTER);
    }
  }
}
