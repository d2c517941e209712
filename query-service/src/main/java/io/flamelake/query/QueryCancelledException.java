/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

/** The query was given up before its answer was complete. */
public final class QueryCancelledException extends RuntimeException {
  QueryCancelledException() {
    super("Query cancelled");
  }
}
