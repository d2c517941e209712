/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.settings;

/** A setting was changed by somebody else, later than the change at hand. */
public final class StaleSettingException extends RuntimeException {
  private static final long serialVersionUID = 1;

  StaleSettingException(String name) {
    super("Setting " + name + " was changed since");
  }
}
