/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.limits;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.flamelake.model.TenantId;
import java.util.Map;
import java.util.TreeMap;

/** The file's contents: what it says of each tenant, by the limits' names. */
record OverridesFile(Map<TenantId, Map<String, String>> tenants) {
  static final OverridesFile EMPTY = new OverridesFile(Map.of());

  private static final String ROOT = "overrides";
  private static final ObjectMapper YAML = new YAMLMapper();

  /**
   * @throws IllegalArgumentException if it is not YAML of the right form
   */
  static OverridesFile parse(String text) {
    JsonNode root;
    try {
      root = YAML.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Not YAML: " + e.getOriginalMessage(), e);
    }

    // A file of comments only has no root.
    if (root.isMissingNode() || root.isNull()) {
      return EMPTY;
    }

    checkObject(root, "the file");
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      if (!entry.getKey().equals(ROOT)) {
        throw new IllegalArgumentException(
            "Unknown key '" + entry.getKey() + "' (expected: " + ROOT + ")");
      }
    }

    JsonNode overrides = root.path(ROOT);
    if (overrides.isNull() || overrides.isMissingNode()) {
      return EMPTY;
    }

    checkObject(overrides, ROOT);
    Map<TenantId, Map<String, String>> tenants = new TreeMap<>();
    for (Map.Entry<String, JsonNode> tenant : overrides.properties()) {
      tenants.put(new TenantId(tenant.getKey()), limits(tenant.getKey(), tenant.getValue()));
    }

    return new OverridesFile(tenants);
  }

  private static Map<String, String> limits(String tenant, JsonNode node) {
    Map<String, String> limits = new TreeMap<>();
    if (!node.isNull()) {
      checkObject(node, "Tenant " + tenant);
      // Values that are no scalars belong to limits of other parts; their text says enough here.
      node.properties()
          .forEach(
              limit ->
                  limits.put(
                      limit.getKey(),
                      limit.getValue().isValueNode()
                          ? limit.getValue().asText()
                          : limit.getValue().toString()));
    }

    return limits;
  }

  private static void checkObject(JsonNode node, String what) {
    if (!node.isObject()) {
      throw new IllegalArgumentException(what + " is not a mapping of keys to values");
    }
  }
}
