/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

/** The answer would not fit into the memory a query may use; a narrower query may pass. */
public final class QueryTooLargeException extends RuntimeException {
  public QueryTooLargeException(String message) {
    super(message);
  }
}
