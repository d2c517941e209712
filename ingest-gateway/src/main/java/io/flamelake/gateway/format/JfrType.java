/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import java.util.ArrayList;
import java.util.List;

/** A type that a chunk declares: of events, of constants, or of a part of them. */
final class JfrType {

  /** How a value of the type is written. */
  enum Encoding {
    BYTE,
    INTEGER,
    FLOAT,
    DOUBLE,
    STRING,
    FIELDS
  }

  private final String name;
  private final Encoding encoding;
  private final List<JfrField> fields = new ArrayList<>();

  JfrType(String name) {
    this.name = name;
    this.encoding =
        switch (name) {
          case "boolean", "byte" -> Encoding.BYTE;
          case "char", "short", "int", "long" -> Encoding.INTEGER;
          case "float" -> Encoding.FLOAT;
          case "double" -> Encoding.DOUBLE;
          case "java.lang.String" -> Encoding.STRING;
          default -> Encoding.FIELDS;
        };
  }

  String name() {
    return name;
  }

  Encoding encoding() {
    return encoding;
  }

  /** In the order in which they are written; filled while metadata are read. */
  List<JfrField> fields() {
    return fields;
  }
}
