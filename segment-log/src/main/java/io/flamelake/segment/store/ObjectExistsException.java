/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment.store;

import org.jspecify.annotations.Nullable;

/** There is an object under the key already. */
public final class ObjectExistsException extends ObjectStoreException {
  public ObjectExistsException(ObjectKey key, @Nullable Throwable cause) {
    super("Object " + key + " exists", cause, false);
  }
}
