/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A benchmark's arguments: numbers by their place, and {@code --name=value}. */
final class BenchmarkArguments {
  private final Map<String, String> options;
  private final List<String> places;

  private BenchmarkArguments(Map<String, String> options, List<String> places) {
    this.options = options;
    this.places = places;
  }

  static BenchmarkArguments parse(String[] args, String... known) {
    Map<String, String> options = new LinkedHashMap<>();
    List<String> places = new ArrayList<>();
    for (String arg : args) {
      if (!arg.startsWith("--")) {
        places.add(arg);
        continue;
      }

      int equals = arg.indexOf('=');
      String name = arg.substring(2, equals < 0 ? arg.length() : equals);
      if (!List.of(known).contains(name) || equals < 0) {
        throw new IllegalArgumentException(
            "argument: " + arg + " (expected: --name=value of " + List.of(known) + ")");
      }

      options.put(name, arg.substring(equals + 1));
    }

    return new BenchmarkArguments(options, places);
  }

  String value(String name, String defaultValue) {
    return options.getOrDefault(name, defaultValue);
  }

  int number(String name, int defaultValue) {
    return Integer.parseInt(value(name, Integer.toString(defaultValue)));
  }

  int number(int place, int defaultValue) {
    return place < places.size() ? Integer.parseInt(places.get(place)) : defaultValue;
  }
}
