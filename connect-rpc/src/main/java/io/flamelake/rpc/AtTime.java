/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.rpc;

import io.flamelake.model.Excerpt;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Period;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAmount;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The time notation of Graphite's {@code from} and {@code until} parameters, as far as profiling
 * clients use it: {@code now}, {@code now-15m}, {@code 20260131}, and Unix times whose unit follows
 * from their number of digits.
 */
public final class AtTime {

  private static final Pattern RELATIVE = Pattern.compile("now(?:([+-])(\\d{1,9})([A-Za-z]+))?");
  private static final Pattern DIGITS = Pattern.compile("\\d{1,19}");

  private AtTime() {}

  /**
   * Parses a time.
   *
   * @param now what {@code now} means
   * @throws IllegalArgumentException if the text is no such time, or one that a long does not hold
   *     in nanoseconds
   */
  public static Instant parse(String text, Instant now) {
    String trimmed = text.strip();
    try {
      if (DIGITS.matcher(trimmed).matches()) {
        return checked(trimmed.length() == 8 ? parseDate(trimmed) : parseUnixTime(trimmed));
      }

      Matcher relative = RELATIVE.matcher(trimmed);
      if (relative.matches()) {
        return checked(parseRelative(relative, now));
      }
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException(message(text), e);
    }

    throw new IllegalArgumentException(message(text));
  }

  private static Instant parseRelative(Matcher relative, Instant now) {
    String sign = relative.group(1);
    if (sign == null) {
      return now;
    }

    int count = Integer.parseInt(relative.group(2));
    TemporalAmount amount = amount(count, relative.group(3));
    // Months and years have no fixed length, so the sum is made on the calendar.
    return sign.equals("-")
        ? now.atZone(ZoneOffset.UTC).minus(amount).toInstant()
        : now.atZone(ZoneOffset.UTC).plus(amount).toInstant();
  }

  private static TemporalAmount amount(int count, String unit) {
    return switch (unit) {
      case "s", "sec", "second", "seconds" -> Duration.ofSeconds(count);
      case "m", "min", "minute", "minutes" -> Duration.ofMinutes(count);
      case "h", "hour", "hours" -> Duration.ofHours(count);
      case "d", "day", "days" -> Period.ofDays(count);
      case "w", "week", "weeks" -> Period.ofWeeks(count);
      case "M", "mon", "month", "months" -> Period.ofMonths(count);
      case "y", "year", "years" -> Period.ofYears(count);
      default -> throw new DateTimeException("Unknown unit: " + unit);
    };
  }

  private static Instant parseDate(String digits) {
    return LocalDate.of(
            Integer.parseInt(digits, 0, 4, 10),
            Integer.parseInt(digits, 4, 6, 10),
            Integer.parseInt(digits, 6, 8, 10))
        .atStartOfDay(ZoneOffset.UTC)
        .toInstant();
  }

  private static Instant parseUnixTime(String digits) {
    long value = Long.parseLong(digits);
    if (digits.length() <= 10) {
      return Instant.ofEpochSecond(value);
    }

    if (digits.length() <= 13) {
      return Instant.ofEpochMilli(value);
    }

    if (digits.length() <= 16) {
      return Instant.ofEpochSecond(value / 1_000_000, value % 1_000_000 * 1_000);
    }

    return Instant.ofEpochSecond(value / 1_000_000_000, value % 1_000_000_000);
  }

  /**
   * Refuses times that a long does not hold in nanoseconds, which all time arithmetic relies on.
   */
  private static Instant checked(Instant time) {
    Math.addExact(Math.multiplyExact(time.getEpochSecond(), 1_000_000_000L), time.getNano());
    return time;
  }

  private static String message(String text) {
    return "time: "
        + Excerpt.start(text)
        + " (expected: now, now-<n><s|m|h|d|w|M|y>, YYYYMMDD or a Unix time in s, ms, us or ns)";
  }
}
