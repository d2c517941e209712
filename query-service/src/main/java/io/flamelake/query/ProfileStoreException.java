/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import org.jspecify.annotations.Nullable;

/**
 * The tables or one of their files cannot be read, so that the query has no complete answer. The
 * message may name files and is meant for the log, not for the client.
 */
public final class ProfileStoreException extends RuntimeException {
  public ProfileStoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
