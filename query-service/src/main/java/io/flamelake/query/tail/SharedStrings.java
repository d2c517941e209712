/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.tail;

import java.util.HashMap;
import java.util.Map;

/**
 * Keeps one copy of strings that occur in many profiles: function and file names are most of a
 * decoded profile, and nearly the same in the next one. Safe for use by many threads.
 */
final class SharedStrings {
  private static final int MAX_STRINGS = 1 << 18;

  private final Map<String, String> strings = new HashMap<>();

  synchronized String share(String value) {
    // Starting over forgets what no profile uses any more; those in use get a second copy at most.
    if (strings.size() >= MAX_STRINGS) {
      strings.clear();
    }

    String known = strings.putIfAbsent(value, value);
    return known == null ? value : known;
  }
}
