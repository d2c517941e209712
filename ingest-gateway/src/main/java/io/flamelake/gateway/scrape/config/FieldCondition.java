/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.config;

import java.util.ArrayList;
import java.util.List;

/** One condition of a field selector, {@code spec.nodeName=a} or {@code status.phase!=Pending}. */
public record FieldCondition(String field, String value, boolean isEqual) {

  /**
   * Reads a comma list of conditions.
   *
   * @throws IllegalArgumentException if one of them has no {@code =}
   */
  public static List<FieldCondition> parse(String selector) {
    List<FieldCondition> conditions = new ArrayList<>();
    for (String part : selector.split(",", -1)) {
      String condition = part.strip();
      if (condition.isEmpty()) {
        continue;
      }

      int equals = condition.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("conditions such as status.phase=Running");
      }

      boolean isNegated = condition.charAt(equals - 1) == '!';
      String value = condition.substring(equals + 1);
      conditions.add(
          new FieldCondition(
              condition.substring(0, isNegated ? equals - 1 : equals).strip(),
              // "==" is another way to write "=".
              (value.startsWith("=") ? value.substring(1) : value).strip(),
              !isNegated));
    }

    return conditions;
  }
}
