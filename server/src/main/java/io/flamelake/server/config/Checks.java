/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import java.time.Duration;

/** Range checks that name the key. */
final class Checks {
  private Checks() {}

  static void checkRange(String key, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          key + ": " + value + " (expected: " + min + " to " + max + ")");
    }
  }

  static void checkAtLeast(String key, long value, long min) {
    if (value < min) {
      throw new IllegalArgumentException(key + ": " + value + " (expected: >= " + min + ")");
    }
  }

  static void checkAtLeast(String key, Duration value, Duration min) {
    if (value.compareTo(min) < 0) {
      throw new IllegalArgumentException(
          key + ": " + value.toMillis() + "ms (expected: >= " + min.toMillis() + "ms)");
    }
  }
}
