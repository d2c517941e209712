/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.async;

/** A query failed, for a reason that its client is told. */
public final class AsyncQueryException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public AsyncQueryException(String message, Throwable cause) {
    super(message, cause);
  }
}
