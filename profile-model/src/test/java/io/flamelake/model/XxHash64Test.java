/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class XxHash64Test {

  private static final long PRIME_32 = 2654435761L;

  /** The vectors of xxHash's own sanity check (cli/xsum_sanity_check.c). */
  @ParameterizedTest
  @CsvSource({
    "0, 0, EF46DB3751D8E999",
    "0, 2654435761, AC75FDA2929B17EF",
    "1, 0, E934A84ADB052768",
    "1, 2654435761, 5014607643A9B4C3",
    "4, 0, 9136A0DCA57457EE",
    "14, 0, 8282DCC4994E35C8",
    "14, 2654435761, C3BD6BF63DEB6DF0",
    "222, 0, B641AE8CB691C174",
    "222, 2654435761, 20CB8AB7AE10C14A",
  })
  void agreesWithTheReferenceImplementation(int length, long seed, String expected) {
    assertThat(hex(XxHash64.hash(sanityBuffer(length), seed))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "a, D24EC4F1A98C6E5B",
    "abc, 44BC2CF5AD770999",
    "Nobody inspects the spammish repetition, FBCEA83C8A378BF1",
  })
  void hashesPublishedStrings(String text, String expected) {
    assertThat(hex(XxHash64.hash(text.getBytes(StandardCharsets.UTF_8), 0))).isEqualTo(expected);
  }

  @Test
  void hashesTheRangeOnly() {
    byte[] buffer = sanityBuffer(222);
    for (int length = 0; length < 100; length++) {
      byte[] range = Arrays.copyOfRange(buffer, 7, 7 + length);
      assertThat(XxHash64.hash(buffer, 7, length, 42)).isEqualTo(XxHash64.hash(range, 42));
    }
  }

  @Test
  void hashesALongAsItsBytes() {
    long value = 0x0123456789ABCDEFL;
    byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    assertThat(XxHash64.hash(value, 7)).isEqualTo(XxHash64.hash(bytes, 7));
  }

  @Test
  void refusesARangeBeyondTheArray() {
    assertThatThrownBy(() -> XxHash64.hash(new byte[10], 5, 6, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  private static byte[] sanityBuffer(int length) {
    byte[] buffer = new byte[length];
    long generator = PRIME_32;
    for (int i = 0; i < length; i++) {
      buffer[i] = (byte) (generator >>> 56);
      generator *= 0x9E3779B185EBCA8DL;
    }

    return buffer;
  }

  private static String hex(long hash) {
    return String.format("%016X", hash);
  }
}
