/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog.rest;

import java.util.HashMap;
import java.util.Map;
import org.apache.iceberg.rest.Endpoint;
import org.apache.iceberg.rest.RESTUtil;
import org.jspecify.annotations.Nullable;

/**
 * An endpoint and what it does.
 *
 * @param endpoint whose path has variables in braces, and the prefix that is never set here
 * @param effect on the catalog
 */
record RestRoute(Endpoint endpoint, Effect effect, Handler handler) {
  private static final String PREFIX = "/{prefix}";

  /**
   * Returns the variables of a path, still encoded, or null if it is not one of this endpoint's.
   */
  @Nullable Map<String, String> findVariables(String path) {
    String[] expected = endpoint.path().replace(PREFIX, "").split("/", -1);
    String[] found = path.split("/", -1);
    if (expected.length != found.length) {
      return null;
    }

    Map<String, String> variables = new HashMap<>();
    for (int i = 0; i < expected.length; i++) {
      if (expected[i].startsWith("{")) {
        if (found[i].isEmpty()) {
          return null;
        }

        variables.put(expected[i].substring(1, expected[i].length() - 1), found[i]);
      } else if (!expected[i].equals(RESTUtil.decodeString(found[i]))) {
        return null;
      }
    }

    return variables;
  }

  /** What a request does to the catalog. */
  enum Effect {
    /** May be sent again. */
    READ,
    /** What becomes of it after an error may be unknown. */
    WRITE
  }

  /** Answers a request: with an object to be written as JSON, or with null and no body. */
  @FunctionalInterface
  interface Handler {
    @Nullable Object handle(RestCall call);
  }
}
