/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.limits;

import io.flamelake.server.config.Durations;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

/**
 * Reads and writes the values of limits as the overrides file has them. What is none of the type is
 * an {@link IllegalArgumentException} that says what was expected.
 */
final class LimitTexts {
  private static final BigDecimal MEGABYTE = BigDecimal.valueOf(1 << 20);

  private LimitTexts() {}

  /**
   * The value of a limit, or the fallback if the file does not say it.
   *
   * @throws IllegalArgumentException naming the limit, if its value is not what the parser takes
   */
  static <T> T value(
      Map<String, String> limits, String name, T fallback, Function<String, T> parser) {
    String text = limits.get(name);
    if (text == null) {
      return fallback;
    }

    try {
      return parser.apply(text);
    } catch (InvalidRulesException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          name + ": '" + text + "' (expected: " + e.getMessage() + ")", e);
    }
  }

  static Duration parseDuration(String text) {
    return Durations.parse(text);
  }

  static int parseInt(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("a whole number", e);
    }
  }

  static boolean parseBoolean(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("true or false");
    };
  }

  /** A comma list, from one or from the JSON that a list in the file arrives as. */
  static String parseList(String text) {
    return text.startsWith("[") ? text.replaceAll("[\\[\\]\"]", "") : text;
  }

  /** Bytes, from a number of MiB that may have a fraction. */
  static long parseMegabytes(String text) {
    try {
      return new BigDecimal(text).multiply(MEGABYTE).toBigInteger().longValueExact();
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("a number of MiB", e);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("less than 8 EiB", e);
    }
  }

  /** What {@link #parseMegabytes} reads as these bytes. */
  static String formatMegabytes(long bytes) {
    // A power of two divides without a rest.
    BigDecimal megabytes = BigDecimal.valueOf(bytes).divide(MEGABYTE);
    return megabytes.stripTrailingZeros().toPlainString();
  }
}
