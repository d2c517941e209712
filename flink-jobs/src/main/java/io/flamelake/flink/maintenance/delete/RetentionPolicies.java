/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.flamelake.flink.maintenance.RetentionSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** How long the data of each tenant is kept. */
final class RetentionPolicies {
  private static final ObjectMapper YAML = new YAMLMapper();

  private final TenantRetention defaults;
  private final Map<String, TenantRetention> byTenant;

  RetentionPolicies(TenantRetention defaults, Map<String, TenantRetention> byTenant) {
    this.defaults = requireNonNull(defaults, "defaults");
    this.byTenant = new TreeMap<>(byTenant);
  }

  /**
   * Reads what is in force now.
   *
   * @throws IllegalArgumentException if the file says something that is no retention
   */
  static RetentionPolicies load(RetentionSettings settings) throws IOException {
    TenantRetention defaults = TenantRetention.of(settings);
    if (settings.overridesFile().isEmpty()) {
      return new RetentionPolicies(defaults, Map.of());
    }

    String text = Files.readString(Path.of(settings.overridesFile()));
    try {
      return parse(text, defaults);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Overrides file " + settings.overridesFile() + ": " + e.getMessage(), e);
    }
  }

  static RetentionPolicies parse(String text, TenantRetention defaults) {
    JsonNode root;
    try {
      root = YAML.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("Not YAML: " + e.getOriginalMessage(), e);
    }

    Map<String, TenantRetention> byTenant = new TreeMap<>();
    for (Map.Entry<String, JsonNode> tenant : root.path("overrides").properties()) {
      Map<String, String> limits = new TreeMap<>();
      for (Map.Entry<String, JsonNode> limit : tenant.getValue().properties()) {
        JsonNode value = limit.getValue();
        limits.put(limit.getKey(), value.isValueNode() ? value.asText() : value.toString());
      }

      try {
        byTenant.put(tenant.getKey(), defaults.apply(limits));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("Tenant " + tenant.getKey() + ": " + e.getMessage(), e);
      }
    }

    return new RetentionPolicies(defaults, byTenant);
  }

  TenantRetention of(String tenant) {
    return byTenant.getOrDefault(tenant, defaults);
  }

  /** Returns the shortest period of anybody that is not for ever; zero if all are. */
  Duration shortestPeriod() {
    Duration shortest = defaults.shortestPeriod();
    for (TenantRetention retention : byTenant.values()) {
      Duration period = retention.shortestPeriod();
      boolean isShorter = !period.isZero() && (shortest.isZero() || period.compareTo(shortest) < 0);
      shortest = isShorter ? period : shortest;
    }

    return shortest;
  }

  /** Whether nothing of anybody is ever removed. */
  boolean isForEver() {
    return defaults.isForEver() && byTenant.values().stream().allMatch(TenantRetention::isForEver);
  }
}
