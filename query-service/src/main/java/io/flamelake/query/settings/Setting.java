/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.settings;

import static java.util.Objects.requireNonNull;

/**
 * A name and a value.
 *
 * @param modifiedAtMillis when it was changed, by the clock of the client that did
 */
public record Setting(String name, String value, long modifiedAtMillis) {
  public Setting {
    requireNonNull(name, "name");
    requireNonNull(value, "value");
  }

  Setting modifiedAt(long millis) {
    return new Setting(name, value, millis);
  }
}
