/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.store;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Any text as a part of an object key, and back. All but lower case letters, digits, {@code -} and
 * {@code _} are written {@code =XX} for each byte of UTF-8: upper case too, since some file systems
 * do not tell it from lower case.
 */
public final class EscapedName {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private EscapedName() {}

  public static String escape(String text) {
    StringBuilder escaped = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if ((b >= 'a' && b <= 'z') || (b >= '0' && b <= '9') || b == '-' || b == '_') {
        escaped.append((char) b);
      } else {
        escaped.append('=').append(HEX.toHexDigits(b));
      }
    }

    return escaped.toString();
  }

  /**
   * @throws IllegalArgumentException if {@link #escape} did not write it
   */
  public static String unescape(String escaped) {
    byte[] bytes = new byte[escaped.length()];
    int length = 0;
    for (int i = 0; i < escaped.length(); i++) {
      char c = escaped.charAt(i);
      if (c == '=') {
        bytes[length++] = (byte) HexFormat.fromHexDigits(escaped, i + 1, i + 3);
        i += 2;
      } else {
        bytes[length++] = (byte) c;
      }
    }

    String text = new String(bytes, 0, length, StandardCharsets.UTF_8);
    if (!escape(text).equals(escaped)) {
      throw new IllegalArgumentException("Not an escaped name: " + escaped);
    }

    return text;
  }
}
