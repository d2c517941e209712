/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

import java.math.BigInteger;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations and sizes as Prometheus writes them. */
final class PrometheusUnits {

  private static final Pattern DURATION =
      Pattern.compile(
          "(?:(\\d+)y)?(?:(\\d+)w)?(?:(\\d+)d)?(?:(\\d+)h)?(?:(\\d+)m)?(?:(\\d+)s)?(?:(\\d+)ms)?");

  private static final long[] UNIT_MILLIS = {
    365L * 24 * 3_600_000, 7L * 24 * 3_600_000, 24L * 3_600_000, 3_600_000, 60_000, 1_000, 1
  };

  private static final Pattern BYTES = Pattern.compile("(\\d{1,15})\\s*(|B|[KMG]i?B)");

  private PrometheusUnits() {}

  /**
   * Reads {@code 1h30m}, {@code 15s}, {@code 500ms} or {@code 0}.
   *
   * @throws IllegalArgumentException saying what is expected
   */
  static Duration parseDuration(String text) {
    if (text.equals("0")) {
      return Duration.ZERO;
    }

    Matcher matcher = DURATION.matcher(text);
    if (text.isEmpty() || !matcher.matches()) {
      throw new IllegalArgumentException("a duration such as 15s, 500ms or 1m30s");
    }

    BigInteger millis = BigInteger.ZERO;
    for (int unit = 0; unit < UNIT_MILLIS.length; unit++) {
      String count = matcher.group(unit + 1);
      if (count != null) {
        millis = millis.add(new BigInteger(count).multiply(BigInteger.valueOf(UNIT_MILLIS[unit])));
      }
    }

    if (millis.bitLength() > 52) {
      throw new IllegalArgumentException("less than a hundred thousand years");
    }

    return Duration.ofMillis(millis.longValueExact());
  }

  /**
   * Reads {@code 4MB}, {@code 512KiB} or {@code 0}. A KB has 1024 bytes here, as in Prometheus.
   *
   * @throws IllegalArgumentException saying what is expected
   */
  static long parseBytes(String text) {
    Matcher matcher = BYTES.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("a size such as 512KB or 4MiB");
    }

    int shift =
        switch (matcher.group(2)) {
          case "KB", "KiB" -> 10;
          case "MB", "MiB" -> 20;
          case "GB", "GiB" -> 30;
          default -> 0;
        };
    try {
      return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("a size of less than 8 EiB", e);
    }
  }
}
