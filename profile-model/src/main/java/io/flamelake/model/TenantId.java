/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model;

import static java.util.Objects.requireNonNull;

/**
 * The isolation unit: whose profiles these are.
 *
 * <p>Some legal ids hold {@code '}, {@code *} or parentheses, so a tenant id is never concatenated
 * into SQL, a file name or an object key.
 */
public record TenantId(String value) implements Comparable<TenantId> {

  public static final int MAX_LENGTH = 150;

  /** The only tenant of a server without multi-tenancy. */
  public static final TenantId ANONYMOUS = new TenantId("anonymous");

  /**
   * @throws IllegalArgumentException if the value is not 1 to 150 characters of {@code
   *     a-zA-Z0-9!-_.*'()}, or is {@code .} or {@code ..}
   */
  public TenantId {
    requireNonNull(value, "value");
    if (value.isEmpty()) {
      throw new IllegalArgumentException("Tenant id is empty");
    }

    if (value.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "Tenant id has " + value.length() + " characters (expected: <= " + MAX_LENGTH + ")");
    }

    for (int i = 0; i < value.length(); i++) {
      if (!isAllowed(value.charAt(i))) {
        throw new IllegalArgumentException(
            "Tenant id has an unsupported character at position " + i);
      }
    }

    if (value.equals(".") || value.equals("..")) {
      throw new IllegalArgumentException("Tenant id is '" + value + "'");
    }
  }

  @Override
  public int compareTo(TenantId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }

  private static boolean isAllowed(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "!-_.*'()".indexOf(c) >= 0;
  }
}
