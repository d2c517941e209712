/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment.store;

import org.jspecify.annotations.Nullable;

/** An object store did not do what it was asked to. */
public class ObjectStoreException extends RuntimeException {
  private final boolean outcomeUnknown;

  ObjectStoreException(String message, @Nullable Throwable cause, boolean outcomeUnknown) {
    super(message, cause);
    this.outcomeUnknown = outcomeUnknown;
  }

  /** Nothing was changed in the store. */
  public static ObjectStoreException failed(String message, @Nullable Throwable cause) {
    return new ObjectStoreException(message, cause, false);
  }

  /** The change may have been made, or may still be made: do not count it as lost. */
  public static ObjectStoreException unknownOutcome(String message, @Nullable Throwable cause) {
    return new ObjectStoreException(message, cause, true);
  }

  /** Whether the change may have been made, or may still be made, in spite of this error. */
  public boolean isOutcomeUnknown() {
    return outcomeUnknown;
  }
}
