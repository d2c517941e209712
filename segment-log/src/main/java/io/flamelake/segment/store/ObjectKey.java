/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment.store;

import static java.util.Objects.requireNonNull;

/**
 * The name of an object: parts of letters, digits and {@code -_.=}, separated by single slashes.
 *
 * <p>Relative to the store's root or prefix. So narrow that the same key is legal on every store
 * and no key leaves a directory.
 */
public record ObjectKey(String value) implements Comparable<ObjectKey> {
  private static final int MAX_LENGTH = 512;

  public ObjectKey {
    requireNonNull(value, "value");
    if (value.isEmpty() || value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "Object key of " + value.length() + " characters (expected: 1.." + MAX_LENGTH + ")");
    }

    int partStart = 0;
    for (int i = 0; i <= value.length(); i++) {
      if (i == value.length() || value.charAt(i) == '/') {
        checkPart(value, partStart, i);
        partStart = i + 1;
      } else if (!isLegal(value.charAt(i))) {
        throw new IllegalArgumentException(
            "Object key: " + value + " (expected: letters, digits and -_.= between slashes)");
      }
    }
  }

  @Override
  public int compareTo(ObjectKey other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }

  private static void checkPart(String value, int start, int end) {
    // A leading dot is kept for the stores' own files, and rules out "." and "..".
    if (start == end || value.charAt(start) == '.') {
      throw new IllegalArgumentException(
          "Object key: " + value + " (expected: no part is empty or starts with a dot)");
    }
  }

  private static boolean isLegal(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '_'
        || c == '.'
        || c == '=';
  }
}
