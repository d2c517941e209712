/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment.store;

import org.jspecify.annotations.Nullable;

/** There is no object under the key. */
public final class ObjectNotFoundException extends ObjectStoreException {
  public ObjectNotFoundException(ObjectKey key, @Nullable Throwable cause) {
    super("Object " + key + " does not exist", cause, false);
  }
}
