/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.testkit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Arguments of the form {@code -key=value}. */
final class CommandLine {

  static CommandLine parse(String[] args, String... knownKeys) {
    List<String> known = List.of(knownKeys);
    Map<String, String> values = new HashMap<>();
    for (String arg : args) {
      int equals = arg.indexOf('=');
      String key = equals < 0 ? arg : arg.substring(0, equals).replaceFirst("^--?", "");
      if (equals < 0 || !known.contains(key)) {
        throw new IllegalArgumentException(
            "Unknown argument " + arg + " (expected: -key=value with a key of " + known + ")");
      }

      values.put(key, arg.substring(equals + 1));
    }

    return new CommandLine(values);
  }

  private final Map<String, String> values;

  private CommandLine(Map<String, String> values) {
    this.values = values;
  }

  String value(String key) {
    String value = values.get(key);
    if (value == null) {
      throw new IllegalArgumentException("-" + key + " is missing");
    }

    return value;
  }

  String value(String key, String defaultValue) {
    @Nullable String value = values.get(key);
    return value == null ? defaultValue : value;
  }
}
