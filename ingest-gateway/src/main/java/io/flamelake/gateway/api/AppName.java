/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.api;

import io.flamelake.model.Excerpt;
import io.flamelake.model.Label;
import io.flamelake.model.LabelNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The {@code name} parameter of {@code /ingest}: an application and its labels in one, {@code
 * app.name{key=value,key2=value2}}, the values not quoted.
 *
 * @param app the application's name
 * @param labels in the order of the text; where a key occurs twice the last one counts. Keys with
 *     two underscores in front are the server's own and left out, but for the session id
 */
record AppName(String app, List<Label> labels) {

  private static final Pattern APP = Pattern.compile("[a-zA-Z0-9_./-]+");
  private static final Pattern KEY = Pattern.compile("[a-zA-Z0-9_.]+");

  AppName {
    labels = List.copyOf(labels);
  }

  /**
   * Parses the parameter.
   *
   * @throws IllegalArgumentException if it is malformed; the message says where
   */
  static AppName parse(String text) {
    String name = text.strip();
    int brace = name.indexOf('{');
    String app = (brace < 0 ? name : name.substring(0, brace)).strip();
    if (!APP.matcher(app).matches()) {
      throw new IllegalArgumentException(
          "application name: '" + Excerpt.start(app) + "' (expected: letters, digits and _ . / -)");
    }

    if (brace < 0) {
      return new AppName(app, List.of());
    }

    if (!name.endsWith("}")) {
      throw new IllegalArgumentException("name: no closing brace");
    }

    return new AppName(app, parseLabels(name.substring(brace + 1, name.length() - 1)));
  }

  /** Whether the profile belongs to a span view of old clients, which is not stored. */
  boolean hasProfileId() {
    return labels.stream().anyMatch(label -> label.name().equals("profile_id"));
  }

  private static List<Label> parseLabels(String text) {
    Map<String, Label> labels = new LinkedHashMap<>();
    for (String pair : text.split(",", -1)) {
      if (pair.isBlank()) {
        continue;
      }

      int equals = pair.indexOf('=');
      if (equals < 0) {
        throw new IllegalArgumentException(
            "label: '" + Excerpt.start(pair) + "' (expected: key=value)");
      }

      String key = pair.substring(0, equals).strip();
      String value = pair.substring(equals + 1).strip();
      if (!KEY.matcher(key).matches()) {
        throw new IllegalArgumentException(
            "label name: '" + Excerpt.start(key) + "' (expected: letters, digits, _ and .)");
      }

      if (value.indexOf('{') >= 0 || value.indexOf('}') >= 0) {
        throw new IllegalArgumentException(
            "label value: '" + Excerpt.start(value) + "' (expected: no braces)");
      }

      if (!key.startsWith("__") || key.equals(LabelNames.SESSION_ID)) {
        labels.put(key, new Label(key, value));
      }
    }

    return new ArrayList<>(labels.values());
  }
}
