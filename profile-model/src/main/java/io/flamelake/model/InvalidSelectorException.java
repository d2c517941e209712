/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model;

/** A selector, matcher or regular expression that cannot be understood; the user's error. */
public final class InvalidSelectorException extends IllegalArgumentException {

  public InvalidSelectorException(String message) {
    super(message);
  }

  public InvalidSelectorException(String message, Throwable cause) {
    super(message, cause);
  }
}
