/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.settings;

/** A tenant has as many settings as it may have. */
public final class SettingsFullException extends RuntimeException {
  private static final long serialVersionUID = 1;

  SettingsFullException(String message) {
    super(message);
  }
}
