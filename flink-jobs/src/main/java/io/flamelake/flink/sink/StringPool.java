/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import java.util.HashMap;
import java.util.Map;

/**
 * Makes equal strings one object, so that rows of several files share their names. Forgets all of
 * them when they are too many; rows that hold some keep them. Not thread-safe.
 */
public final class StringPool {

  /** The object, its array and its entry. */
  private static final int STRING_OVERHEAD = 100;

  private final long maxBytes;
  private final Map<String, String> strings = new HashMap<>();
  private long bytes;

  /**
   * @param maxBytes about how much memory the strings may hold
   */
  public StringPool(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** Returns the string that was given first, of those that are equal. */
  public String intern(String string) {
    String known = strings.putIfAbsent(string, string);
    if (known != null) {
      return known;
    }

    bytes += STRING_OVERHEAD + string.length();
    if (bytes > maxBytes) {
      clear();
    }

    return string;
  }

  /** Returns about how much memory the strings hold. */
  public long bytes() {
    return bytes;
  }

  public void clear() {
    strings.clear();
    bytes = 0;
  }
}
