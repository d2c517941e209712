/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.relabel;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a rule does, by Prometheus' names. */
public enum RelabelAction {
  /** Sets the target label to the expanded replacement where the regex matches. */
  REPLACE,
  /** Drops what the regex does not match. */
  KEEP,
  /** Drops what the regex matches. */
  DROP,
  /** Drops what has another value in the target label than in the source labels. */
  KEEPEQUAL,
  /** Drops what has the same value in the target label as in the source labels. */
  DROPEQUAL,
  /** Sets the target label to a hash of the source labels modulo the modulus. */
  HASHMOD,
  /** Copies labels whose name the regex matches to the name that the replacement expands to. */
  LABELMAP,
  /** Removes labels whose name the regex matches. */
  LABELDROP,
  /** Removes labels whose name the regex does not match. */
  LABELKEEP,
  /** Sets the target label to the source labels in lower case. */
  LOWERCASE,
  /** Sets the target label to the source labels in upper case. */
  UPPERCASE;

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The name in configuration. */
  public String text() {
    return text;
  }

  /** The action of a name in any case, or null. */
  static @Nullable RelabelAction find(String text) {
    for (RelabelAction action : values()) {
      if (action.text.equalsIgnoreCase(text)) {
        return action;
      }
    }

    return null;
  }

  /** All names, as error messages list them. */
  static String names() {
    return Arrays.stream(values()).map(RelabelAction::text).collect(Collectors.joining(", "));
  }

  /** Whether a rule with this action writes or compares a target label. */
  boolean needsTargetLabel() {
    return switch (this) {
      case REPLACE, HASHMOD, LOWERCASE, UPPERCASE, KEEPEQUAL, DROPEQUAL -> true;
      case KEEP, DROP, LABELMAP, LABELDROP, LABELKEEP -> false;
    };
  }
}
