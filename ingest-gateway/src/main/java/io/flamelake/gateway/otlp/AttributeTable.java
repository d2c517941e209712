/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import io.flamelake.gateway.otlp.AttributeValue.Kind;
import io.flamelake.model.pprof.ProtobufCursor;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The attributes of a dictionary, which samples and mappings refer to. */
final class AttributeTable {

  /** The attributes that mean something here. */
  enum Role {
    SERVICE_NAME(SERVICE_NAME_KEY),
    EXECUTABLE_NAME(EXECUTABLE_NAME_KEY),
    BUILD_ID("process.executable.build_id.gnu"),
    NONE("");

    private final byte[] key;

    Role(String key) {
      this.key = key.getBytes(StandardCharsets.UTF_8);
    }
  }

  static final String SERVICE_NAME_KEY = "service.name";
  static final String EXECUTABLE_NAME_KEY = "process.executable.name";

  private static final int KEY = ProtobufCursor.tag(1, ProtobufCursor.VARINT);
  private static final int VALUE = ProtobufCursor.tag(2, ProtobufCursor.LENGTH_DELIMITED);

  private final byte[] export;
  private final StringTable strings;
  private final int[] keys;
  private final Kind[] kinds;
  private final long[] bits;
  private final Role[] roles;
  private final @Nullable String[] texts;
  private int size;
  private boolean namesServices;

  AttributeTable(byte[] export, StringTable strings, int capacity) {
    this.export = export;
    this.strings = strings;
    this.keys = new int[capacity];
    this.kinds = new Kind[capacity];
    this.bits = new long[capacity];
    this.roles = new Role[capacity];
    this.texts = new String[capacity];
  }

  /** Reads the {@code KeyValueAndUnit} whose length comes next. */
  void add(ProtobufCursor in) {
    int start = in.position();
    int key = 0;
    AttributeValue value = AttributeValue.OTHER;
    int outer = in.enter();
    while (in.hasMore()) {
      int tag = in.readTag();
      if (tag == KEY) {
        key = TableIndex.read(in, "String", strings.size());
      } else if (tag == VALUE) {
        value = AttributeValue.read(in);
      } else {
        in.skip(tag);
      }
    }

    in.leave(outer);
    if (value.kind() == Kind.TEXT_INDEX) {
      TableIndex.check(value.bits(), start, "String", strings.size());
    }

    keys[size] = key;
    kinds[size] = value.kind();
    bits[size] = value.bits();
    Role role = roleOf(key);
    roles[size++] = role;
    namesServices |= role == Role.SERVICE_NAME || role == Role.EXECUTABLE_NAME;
  }

  int size() {
    return keys.length;
  }

  /** The string that is an attribute's key. */
  int key(int index) {
    return keys[index];
  }

  AttributeValue value(int index) {
    return new AttributeValue(kinds[index], bits[index]);
  }

  Role role(int index) {
    return roles[index];
  }

  /** Whether a sample may say which service it belongs to. */
  boolean namesServices() {
    return namesServices;
  }

  /** An attribute's value as text, or null if it can be none. */
  @Nullable String findText(int index) {
    String text = texts[index];
    if (text == null) {
      text = text(value(index), export, strings);
      texts[index] = text;
    }

    return text;
  }

  static @Nullable String text(AttributeValue value, byte[] export, StringTable strings) {
    return switch (value.kind()) {
      case TEXT -> StringTable.text(export, value.textOffset(), value.textLength());
      case TEXT_INDEX -> strings.text((int) value.bits());
      case NUMBER -> Long.toString(value.bits());
      case OTHER -> null;
    };
  }

  private Role roleOf(int key) {
    for (Role role : Role.values()) {
      if (strings.equals(key, role.key)) {
        return role;
      }
    }

    return Role.NONE;
  }
}
