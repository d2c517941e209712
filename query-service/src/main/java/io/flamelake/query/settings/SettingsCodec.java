/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.settings;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The stored form of settings: JSON, {@code
 * {"version":1,"settings":[{"name":…,"value":…,"modifiedAt":…}]}}.
 */
final class SettingsCodec {
  private static final int VERSION = 1;
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private SettingsCodec() {}

  static byte[] encode(Collection<Setting> settings) {
    ObjectNode root = JSON.createObjectNode().put("version", VERSION);
    ArrayNode array = root.putArray("settings");
    for (Setting setting : settings) {
      array
          .addObject()
          .put("name", setting.name())
          .put("value", setting.value())
          .put("modifiedAt", setting.modifiedAtMillis());
    }

    try {
      return JSON.writeValueAsBytes(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of strings and numbers has no JSON", e);
    }
  }

  /**
   * @throws IllegalArgumentException if it is of another version, or not what {@link #encode}
   *     writes
   */
  static List<Setting> decode(byte[] content) {
    JsonNode root;
    try {
      root = JSON.readTree(content);
    } catch (IOException e) {
      throw new IllegalArgumentException("Settings are not JSON", e);
    }

    int version = root.path("version").asInt();
    if (version != VERSION) {
      throw new IllegalArgumentException(
          "Settings of version " + version + " (expected: " + VERSION + ")");
    }

    List<Setting> settings = new ArrayList<>();
    for (JsonNode node : root.path("settings")) {
      settings.add(
          new Setting(
              node.path("name").asText(),
              node.path("value").asText(),
              node.path("modifiedAt").asLong()));
    }

    return settings;
  }
}
