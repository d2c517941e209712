/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import java.util.Locale;

/** A configuration key as it is documented. */
record KeyDescription(String name, String type, String defaultValue, String description) {
  private static final String ANY = ".*";

  /** Whether the key stands for all keys that begin with its {@link #prefix}. */
  boolean isPrefix() {
    return name.endsWith(ANY);
  }

  /** The name without its star, for example {@code catalog.properties.}. */
  String prefix() {
    return name.substring(0, name.length() - 1);
  }

  boolean matches(String key) {
    return isPrefix()
        ? key.startsWith(prefix()) && key.length() > prefix().length()
        : key.equals(name);
  }

  /** The environment variable: the key in upper case, dots and dashes as underscores. */
  String environmentVariable() {
    return name.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }
}
