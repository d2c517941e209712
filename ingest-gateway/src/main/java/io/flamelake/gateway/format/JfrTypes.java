/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import io.flamelake.gateway.convert.Malformed;
import io.flamelake.gateway.format.JfrType.Encoding;
import it.unimi.dsi.fastutil.longs.Long2IntOpenHashMap;
import it.unimi.dsi.fastutil.longs.Long2ObjectOpenHashMap;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The types of one chunk, and how to get over their values. */
final class JfrTypes {

  /** Real types nest three deep: a stack trace has frames, which have numbers. */
  private static final int MAX_NESTING = 8;

  private static final int UNKNOWN = 0;
  private static final int EMPTY = 1;
  private static final int SOLID = 2;

  private final Long2ObjectOpenHashMap<JfrType> byId = new Long2ObjectOpenHashMap<>();
  private final Map<String, JfrType> byName = new HashMap<>();

  /** Whether values of a type take any bytes, once that is known. */
  private final Long2IntOpenHashMap sizes = new Long2IntOpenHashMap();

  void add(long id, JfrType type) {
    byId.put(id, type);
    byName.put(type.name(), type);
  }

  @Nullable JfrType find(long id) {
    return byId.get(id);
  }

  @Nullable JfrType find(String name) {
    return byName.get(name);
  }

  JfrType get(long id) {
    JfrType type = byId.get(id);
    if (type == null) {
      throw Malformed.of("Type: " + id + " (expected: one that the chunk declares)");
    }

    return type;
  }

  /** Whether a field is one number, of its own or a key in a constant pool. */
  boolean isNumber(JfrField field) {
    if (field.array()) {
      return false;
    }

    return field.pooled() || get(field.typeId()).encoding() == Encoding.INTEGER;
  }

  boolean isString(JfrField field) {
    return !field.array() && !field.pooled() && get(field.typeId()).encoding() == Encoding.STRING;
  }

  /** Gets over a field's value. */
  void skip(JfrInput in, JfrField field) {
    skip(in, field, 0);
  }

  /** Gets over a value of a type. */
  void skip(JfrInput in, long typeId) {
    skip(in, typeId, 0);
  }

  private void skip(JfrInput in, JfrField field, int nesting) {
    if (!field.array()) {
      skipOne(in, field, nesting);
      return;
    }

    if (!field.pooled() && isEmpty(field.typeId(), nesting)) {
      // However many: there is nothing to get over.
      in.readLong();
      return;
    }

    for (int left = in.readCount("Length of an array"); left > 0; left--) {
      skipOne(in, field, nesting);
    }
  }

  private void skipOne(JfrInput in, JfrField field, int nesting) {
    if (field.pooled()) {
      in.readLong();
    } else {
      skip(in, field.typeId(), nesting);
    }
  }

  private void skip(JfrInput in, long typeId, int nesting) {
    JfrType type = get(typeId);
    checkNesting(type, nesting);
    switch (type.encoding()) {
      case BYTE -> in.skip(Byte.BYTES);
      case INTEGER -> in.readLong();
      case FLOAT -> in.skip(Float.BYTES);
      case DOUBLE -> in.skip(Double.BYTES);
      case STRING -> in.skipString();
      case FIELDS -> {
        if (isEmpty(typeId, nesting)) {
          return;
        }

        for (JfrField field : type.fields()) {
          skip(in, field, nesting + 1);
        }
      }
    }
  }

  /** Whether values of the type take no byte, so that no count of them can be too large. */
  private boolean isEmpty(long typeId, int nesting) {
    int known = sizes.get(typeId);
    if (known != UNKNOWN) {
      return known == EMPTY;
    }

    JfrType type = get(typeId);
    checkNesting(type, nesting);
    boolean empty = type.encoding() == Encoding.FIELDS;
    for (JfrField field : type.fields()) {
      empty &= !field.array() && !field.pooled() && isEmpty(field.typeId(), nesting + 1);
    }

    sizes.put(typeId, empty ? EMPTY : SOLID);
    return empty;
  }

  private static void checkNesting(JfrType type, int nesting) {
    if (nesting > MAX_NESTING) {
      throw Malformed.of("Type " + Malformed.quote(type.name()) + ": nested too deep");
    }
  }
}
