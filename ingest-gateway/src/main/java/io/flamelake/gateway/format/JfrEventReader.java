/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import java.util.List;

/** Reads those fields of one type of events that a profile needs; the others it gets over. */
final class JfrEventReader {

  /** Fields that are numbers, or keys of constants. */
  enum Field {
    DURATION("duration"),
    STACK_TRACE("stackTrace"),
    STATE("state"),
    SAMPLES("samples"),
    TLAB_SIZE("tlabSize"),
    ALLOCATION_SIZE("allocationSize"),
    WEIGHT("weight"),
    SIZE("size"),
    CONTEXT_ID("contextId");

    private final String wireName;

    Field(String wireName) {
      this.wireName = wireName;
    }
  }

  private static final Field[] FIELDS = Field.values();
  private static final int UNWANTED = -1;

  private final JfrTypes types;
  private final List<JfrField> fields;

  /** For each field of the type, its place among the values. */
  private final int[] places;

  private final long[] values = new long[FIELDS.length];

  JfrEventReader(JfrTypes types, JfrType type) {
    this.types = types;
    this.fields = List.copyOf(type.fields());
    this.places = new int[fields.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = types.isNumber(fields.get(i)) ? place(fields.get(i).name()) : UNWANTED;
    }
  }

  /** Reads an event that the input is confined to. */
  void read(JfrInput in) {
    for (int i = 0; i < places.length; i++) {
      if (places[i] == UNWANTED) {
        types.skip(in, fields.get(i));
      } else {
        values[places[i]] = in.readLong();
      }
    }
  }

  /** What the last event has in a field; 0 if its type has no such field. */
  long value(Field field) {
    return values[field.ordinal()];
  }

  boolean has(Field field) {
    for (int place : places) {
      if (place == field.ordinal()) {
        return true;
      }
    }

    return false;
  }

  private static int place(String name) {
    for (Field field : FIELDS) {
      if (field.wireName.equals(name)) {
        return field.ordinal();
      }
    }

    return UNWANTED;
  }
}
