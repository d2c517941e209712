/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message of an export as it is in JSON: what its fields are called and how they are written in
 * protobuf, in the layout {@link SampleLayout#V1_10}. Has the fields that are read here; others are
 * passed over like unknown ones.
 */
final class JsonMessage {

  /** How a field is written. */
  enum Kind {
    VARINT,
    PACKED_VARINTS,
    FIXED64,
    PACKED_FIXED64,
    STRING,
    /** An id, which is hexadecimal in OTLP; all other bytes are Base64. */
    HEX,
    MESSAGE
  }

  /**
   * @param message what {@link Kind#MESSAGE} is of
   */
  record Field(int number, Kind kind, @Nullable JsonMessage message) {}

  private final Map<String, Field> fields = new HashMap<>();

  private JsonMessage() {}

  /** The request as a whole. */
  static JsonMessage export() {
    JsonMessage anyValue = new JsonMessage();
    JsonMessage keyValue =
        new JsonMessage()
            .add("key", 1, Kind.STRING)
            .add("value", 2, anyValue)
            .add("key_strindex", 3, Kind.VARINT);
    anyValue
        .add("string_value", 1, Kind.STRING)
        .add("int_value", 3, Kind.VARINT)
        .add("array_value", 5, new JsonMessage().add("values", 1, anyValue))
        .add("string_value_strindex", 8, Kind.VARINT);
    return new JsonMessage()
        .add("resource_profiles", 1, resourceProfiles(keyValue))
        .add("dictionary", 2, dictionary(anyValue));
  }

  /** Finds a field by its name in lowerCamelCase, or as in the protocol's files. */
  @Nullable Field find(String name) {
    return fields.get(name);
  }

  private static JsonMessage resourceProfiles(JsonMessage keyValue) {
    return new JsonMessage()
        .add("resource", 1, new JsonMessage().add("attributes", 1, keyValue))
        .add(
            "scope_profiles",
            2,
            new JsonMessage()
                .add("scope", 1, new JsonMessage().add("attributes", 3, keyValue))
                .add("profiles", 2, profile()));
  }

  private static JsonMessage profile() {
    JsonMessage valueType =
        new JsonMessage().add("type_strindex", 1, Kind.VARINT).add("unit_strindex", 2, Kind.VARINT);
    JsonMessage sample =
        new JsonMessage()
            .add("stack_index", 1, Kind.VARINT)
            .add("attribute_indices", 2, Kind.PACKED_VARINTS)
            .add("link_index", 3, Kind.VARINT)
            .add("values", 4, Kind.PACKED_VARINTS)
            .add("timestamps_unix_nano", 5, Kind.PACKED_FIXED64);
    return new JsonMessage()
        .add("sample_type", 1, valueType)
        .add("samples", 2, sample)
        .add("time_unix_nano", 3, Kind.FIXED64)
        .add("duration_nano", 4, Kind.VARINT)
        .add("period_type", 5, valueType)
        .add("period", 6, Kind.VARINT)
        .add("profile_id", 7, Kind.HEX);
  }

  private static JsonMessage dictionary(JsonMessage anyValue) {
    JsonMessage mapping =
        new JsonMessage()
            .add("memory_start", 1, Kind.VARINT)
            .add("memory_limit", 2, Kind.VARINT)
            .add("file_offset", 3, Kind.VARINT)
            .add("filename_strindex", 4, Kind.VARINT)
            .add("attribute_indices", 5, Kind.PACKED_VARINTS);
    JsonMessage line =
        new JsonMessage().add("function_index", 1, Kind.VARINT).add("line", 2, Kind.VARINT);
    JsonMessage location =
        new JsonMessage()
            .add("mapping_index", 1, Kind.VARINT)
            .add("address", 2, Kind.VARINT)
            .add("lines", 3, line);
    JsonMessage function =
        new JsonMessage()
            .add("name_strindex", 1, Kind.VARINT)
            .add("system_name_strindex", 2, Kind.VARINT)
            .add("filename_strindex", 3, Kind.VARINT)
            .add("start_line", 4, Kind.VARINT);
    return new JsonMessage()
        .add("mapping_table", 1, mapping)
        .add("location_table", 2, location)
        .add("function_table", 3, function)
        .add(
            "link_table",
            4,
            new JsonMessage().add("trace_id", 1, Kind.HEX).add("span_id", 2, Kind.HEX))
        .add("string_table", 5, Kind.STRING)
        .add(
            "attribute_table",
            6,
            new JsonMessage().add("key_strindex", 1, Kind.VARINT).add("value", 2, anyValue))
        .add("stack_table", 7, new JsonMessage().add("location_indices", 1, Kind.PACKED_VARINTS));
  }

  private JsonMessage add(String name, int number, Kind kind) {
    return add(name, new Field(number, kind, null));
  }

  private JsonMessage add(String name, int number, JsonMessage message) {
    return add(name, new Field(number, Kind.MESSAGE, message));
  }

  private JsonMessage add(String name, Field field) {
    fields.put(name, field);
    fields.put(camelCase(name), field);
    return this;
  }

  private static String camelCase(String name) {
    StringBuilder result = new StringBuilder();
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c != '_') {
        result.append(i > 0 && name.charAt(i - 1) == '_' ? Character.toUpperCase(c) : c);
      }
    }

    return result.toString();
  }
}
