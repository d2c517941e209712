/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog.rest;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.iceberg.catalog.Namespace;
import org.apache.iceberg.catalog.TableIdentifier;
import org.apache.iceberg.exceptions.BadRequestException;
import org.apache.iceberg.rest.RESTRequest;
import org.apache.iceberg.rest.RESTUtil;
import org.jspecify.annotations.Nullable;

/** A request to one endpoint, whose parts are read when they are asked for. */
final class RestCall {
  /** Between the levels of a namespace in a path; case is the client's choice. */
  private static final String SEPARATOR = "%1F";

  private final Map<String, String> variables;
  private final @Nullable String query;
  private final byte[] body;

  RestCall(Map<String, String> variables, @Nullable String query, byte[] body) {
    this.variables = variables;
    this.query = query;
    this.body = body;
  }

  Namespace namespace() {
    String encoded = variable("namespace");
    return RESTUtil.decodeNamespace(
        encoded.replace(SEPARATOR.toLowerCase(Locale.ROOT), SEPARATOR), SEPARATOR);
  }

  TableIdentifier table() {
    return TableIdentifier.of(namespace(), RESTUtil.decodeString(variable("table")));
  }

  TableIdentifier view() {
    return TableIdentifier.of(namespace(), RESTUtil.decodeString(variable("view")));
  }

  <T extends RESTRequest> T body(Class<T> type) {
    return RestJson.read(body, type);
  }

  /** Returns a parameter of the query, or null if it was not sent. */
  @Nullable String findParameter(String name) {
    return parameters().get(name);
  }

  boolean isTrue(String name) {
    String value = parameters().getOrDefault(name, "false");
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new BadRequestException("%s: %s (expected: true or false)", name, value);
    };
  }

  private String variable(String name) {
    String value = variables.get(name);
    if (value == null) {
      throw new IllegalStateException("No " + name + " in the path of this endpoint");
    }

    return value;
  }

  private Map<String, String> parameters() {
    Map<String, String> parameters = new HashMap<>();
    if (query == null || query.isEmpty()) {
      return parameters;
    }

    for (String pair : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      String name = equals < 0 ? pair : pair.substring(0, equals);
      String value = equals < 0 ? "" : pair.substring(equals + 1);
      parameters.put(RESTUtil.decodeString(name), RESTUtil.decodeString(value));
    }

    return parameters;
  }
}
