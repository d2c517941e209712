/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.flamelake.model.ProfileType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What every reader of the tables is asked: the total of each tenant and profile type over all
 * time; and of one service, profile type and range of time the sum of each stack, and the functions
 * with the most of their own.
 *
 * @param from in whole seconds
 * @param to in whole seconds, exclusive
 */
record TableQuestions(String tenant, ProfileType type, String service, Instant from, Instant to) {
  static final String TOTALS = "totals";
  static final String STACKS = "stacks";
  static final String TOP_FUNCTIONS = "top_functions";
  static final List<String> ALL = List.of(TOTALS, STACKS, TOP_FUNCTIONS);
  static final int TOP = 10;

  private static final DateTimeFormatter UTC_SECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

  /** The parameters by name, as the readers' scripts take them. */
  Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("tenant", tenant);
    parameters.put("type", type.id());
    parameters.put("service", service);
    parameters.put("from", UTC_SECONDS.format(from));
    parameters.put("to", UTC_SECONDS.format(to));
    return parameters;
  }

  /** One question in the SQL of one engine; {@code profiles} and {@code stacks} are its tables. */
  String sql(String engine, String question, String profiles, String stacks) {
    String sql = load("/readers/" + engine + "/" + question + ".sql");
    for (Map.Entry<String, String> parameter : parameters().entrySet()) {
      sql = sql.replace("${" + parameter.getKey() + "}", parameter.getValue().replace("'", "''"));
    }

    return sql.replace("${profiles}", profiles).replace("${stacks}", stacks);
  }

  private static String load(String resource) {
    try (InputStream in = TableQuestions.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("No resource " + resource);
      }

      return new String(in.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }
}
