/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.async;

/** A tenant has as many queries under way as it may have. */
public final class TooManyAsyncQueriesException extends RuntimeException {
  private static final long serialVersionUID = 1;

  TooManyAsyncQueriesException(int max) {
    super("The tenant has " + max + " asynchronous queries under way, try again later");
  }
}
