/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.adhoc;

/** A file is no profile that can be read; the message says why, and is meant for who sent it. */
public final class UnreadableProfileException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnreadableProfileException(String message) {
    super(message);
  }
}
