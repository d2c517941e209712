/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.Malformed;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Text of uploads. */
public final class Utf8 {

  private static final char REPLACEMENT = '\uFFFD';
  private static final int MAX_BUFFERED_CHARACTERS = 8 << 10;

  private Utf8() {}

  /** Decodes a range of the bytes; malformed text is refused and never replaced. */
  static String decode(byte[] bytes, int from, int to) {
    String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    // It may have been sent as such.
    Fault fault = text.indexOf(REPLACEMENT) < 0 ? null : findFault(bytes, from, to);
    if (fault != null) {
      throw Malformed.of("Text is not UTF-8: 0x" + fault.hex + " in " + Malformed.quote(text));
    }

    return text;
  }

  /** The first bytes of a range that are not UTF-8, or null if all are. */
  public static @Nullable Fault findFault(byte[] bytes, int from, int to) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer in = ByteBuffer.wrap(bytes, from, to - from);
    CharBuffer out = CharBuffer.allocate(Math.min(to - from + 1, MAX_BUFFERED_CHARACTERS));
    CoderResult result;
    do {
      out.clear();
      result = decoder.decode(in, out, true);
    } while (result.isOverflow());

    if (!result.isError()) {
      return null;
    }

    int start = in.position();
    String hex = HexFormat.of().formatHex(bytes, start, start + result.length());
    return new Fault(start - from, hex);
  }

  /**
   * Bytes that are not UTF-8.
   *
   * @param offset from the beginning of the text
   * @param hex the bytes
   */
  public record Fault(int offset, String hex) {}
}
