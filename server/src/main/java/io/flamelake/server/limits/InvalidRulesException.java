/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.limits;

/** Rules of the overrides file that are none; the message says which part of them. */
final class InvalidRulesException extends IllegalArgumentException {

  private static final long serialVersionUID = 1;

  InvalidRulesException(String message, Throwable cause) {
    super(message, cause);
  }
}
