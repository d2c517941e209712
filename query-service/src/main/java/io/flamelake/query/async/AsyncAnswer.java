/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.async;

import static java.util.Objects.requireNonNull;

/**
 * How far an asynchronous query is.
 *
 * @param content the answer of a query that succeeded, else empty; the array is the caller's
 * @param error why a query failed, in words for the client, else empty
 */
public record AsyncAnswer(Status status, byte[] content, String error) {

  /** The states of a query, as numbered in the object store. */
  public enum Status {
    IN_PROGRESS,
    SUCCESS,
    FAILURE
  }

  static final AsyncAnswer IN_PROGRESS = new AsyncAnswer(Status.IN_PROGRESS, new byte[0], "");

  public AsyncAnswer {
    requireNonNull(status, "status");
    requireNonNull(content, "content");
    requireNonNull(error, "error");
  }

  static AsyncAnswer success(byte[] content) {
    return new AsyncAnswer(Status.SUCCESS, content, "");
  }

  static AsyncAnswer failure(String error) {
    return new AsyncAnswer(Status.FAILURE, new byte[0], error);
  }
}
