/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import java.util.Map;
import java.util.TreeMap;

/** Binds single records, without sources. */
final class Bindings {
  private Bindings() {}

  static <T extends Record> T defaults(Class<T> type) {
    return ConfigBinder.bind(type, Map.of());
  }

  static <T extends Record> T bind(Class<T> type, String... keysAndTexts) {
    Map<String, ConfigValue> values = new TreeMap<>();
    for (int i = 0; i < keysAndTexts.length; i += 2) {
      values.put(keysAndTexts[i], new ConfigValue(keysAndTexts[i + 1], "a test"));
    }

    return ConfigBinder.bind(type, values);
  }
}
