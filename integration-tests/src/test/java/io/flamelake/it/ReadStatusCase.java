/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One line of {@code read-status/cases.txt}, where the form of a line is described. */
record ReadStatusCase(String endpoint, int status, String name, String input) {
  static final String PUSHED_SERVICE = "pyroscope";

  private static final String FILE = "/read-status/cases.txt";
  private static final Pattern LINE = Pattern.compile("([0-9]{3}) +([A-Za-z0-9_]+) *(.*)");
  private static final String SELECTOR = CpuQueries.ofService(PUSHED_SERVICE);

  static List<ReadStatusCase> load() {
    List<ReadStatusCase> cases = new ArrayList<>();
    String endpoint = "";
    for (String line : lines()) {
      if (line.startsWith("[")) {
        endpoint = line.substring(1, line.length() - 1);
      } else if (!line.isBlank() && !line.startsWith("#") && !line.startsWith("deviates: ")) {
        cases.add(parse(endpoint, line));
      }
    }

    return cases;
  }

  private static List<String> lines() {
    try (InputStream in = ReadStatusCase.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IllegalStateException("No resource " + FILE);
      }

      return new String(in.readAllBytes(), UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ReadStatusCase parse(String endpoint, String line) {
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      throw new IllegalStateException("Not a case: " + line);
    }

    return new ReadStatusCase(
        endpoint, Integer.parseInt(matcher.group(1)), matcher.group(2), matcher.group(3));
  }

  boolean isRpc() {
    return !endpoint.startsWith("/pyroscope/");
  }

  String method() {
    if (status == 405) {
      return name;
    }

    return isRpc() ? "POST" : "GET";
  }

  String contentType() {
    return status == 415 ? "text/plain" : "application/json";
  }

  String successContentType() {
    boolean isDot = !isRpc() && name.toLowerCase(Locale.ROOT).contains("dot");
    return isDot ? "text/plain" : "application/json";
  }

  /** The body of an rpc. */
  String body(long nowMillis) {
    return input
        .replace("@start", ago(nowMillis, Duration.ofHours(1)))
        .replace("@minute_ago", ago(nowMillis, Duration.ofMinutes(1)))
        .replace("@month_ago", ago(nowMillis, Duration.ofDays(30)))
        .replace("@end", ago(nowMillis, Duration.ZERO))
        .replace("@type", CpuQueries.CPU)
        .replace("@selector", SELECTOR.replace("\"", "\\\""));
  }

  /** The parameters of a GET, encoded. */
  String queryString() {
    return Stream.of(input.split("&", -1))
        .map(
            parameter -> {
              int equals = parameter.indexOf('=');
              String value =
                  parameter
                      .substring(equals + 1)
                      .replace("@query", "@type" + SELECTOR)
                      .replace("@type", CpuQueries.CPU);
              return parameter.substring(0, equals) + "=" + URLEncoder.encode(value, UTF_8);
            })
        .collect(Collectors.joining("&", "?", ""));
  }

  private static String ago(long nowMillis, Duration age) {
    return Long.toString(nowMillis - age.toMillis());
  }

  @Override
  public String toString() {
    return endpoint.substring(endpoint.lastIndexOf('/') + 1) + " " + name + " " + status;
  }
}
