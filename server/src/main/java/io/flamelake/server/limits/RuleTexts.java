/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.limits;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.flamelake.gateway.relabel.RelabelRuleParser;
import io.flamelake.gateway.relabel.RelabelRules;
import io.flamelake.model.Selector;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads and writes limits that are lists or mappings in the overrides file, and JSON among the
 * limits' texts. What is none of the kind is an {@link InvalidRulesException}.
 */
final class RuleTexts {
  private static final ObjectMapper JSON = new JsonMapper();
  private static final String USAGE_GROUPS = "usage_groups";
  private static final String PROBABILITY = "probability";

  private RuleTexts() {}

  static RelabelRules parseRelabelRules(String text) {
    try {
      return RelabelRuleParser.parse(parse(text));
    } catch (IllegalArgumentException e) {
      throw new InvalidRulesException(String.valueOf(e.getMessage()), e);
    }
  }

  static String format(RelabelRules rules) {
    return write(RelabelRuleParser.format(rules));
  }

  /** Selectors by the names of the groups they stand for. */
  static Map<String, Selector> parseUsageGroups(String text) {
    Map<String, Selector> groups = new TreeMap<>();
    for (Map.Entry<String, JsonNode> group : parseMapping(text).properties()) {
      try {
        groups.put(group.getKey(), Selector.parse(group.getValue().asText()));
      } catch (IllegalArgumentException e) {
        throw new InvalidRulesException(group.getKey() + ": " + e.getMessage(), e);
      }
    }

    return groups;
  }

  static String formatUsageGroups(Map<String, Selector> groups) {
    Map<String, String> texts = new TreeMap<>();
    groups.forEach((name, selector) -> texts.put(name, selector.toString()));
    return write(texts);
  }

  /** Probabilities by the names of their groups. */
  static Map<String, Double> parseProbabilities(String text) {
    Map<String, Double> probabilities = new TreeMap<>();
    for (Map.Entry<String, JsonNode> key : parseMapping(text).properties()) {
      if (!key.getKey().equals(USAGE_GROUPS)) {
        throw new IllegalArgumentException("the key " + USAGE_GROUPS + " only");
      }

      for (Map.Entry<String, JsonNode> group : key.getValue().properties()) {
        JsonNode probability = group.getValue().path(PROBABILITY);
        if (!probability.isNumber()) {
          throw new IllegalArgumentException("a number as " + PROBABILITY + " of each group");
        }

        probabilities.put(group.getKey(), probability.asDouble());
      }
    }

    return probabilities;
  }

  static String formatProbabilities(Map<String, Double> probabilities) {
    Map<String, Map<String, Double>> groups = new TreeMap<>();
    probabilities.forEach((name, value) -> groups.put(name, Map.of(PROBABILITY, value)));
    return write(groups.isEmpty() ? Map.of() : Map.of(USAGE_GROUPS, groups));
  }

  private static JsonNode parseMapping(String text) {
    JsonNode node = parse(text);
    if (!node.isObject()) {
      throw new IllegalArgumentException("a mapping of groups");
    }

    return node;
  }

  private static JsonNode parse(String text) {
    try {
      return JSON.readTree(text.isEmpty() ? "null" : text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a list or a mapping", e);
    }
  }

  private static String write(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Lists and mappings of texts have JSON", e);
    }
  }
}
