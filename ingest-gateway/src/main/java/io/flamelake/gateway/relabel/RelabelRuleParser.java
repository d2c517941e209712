/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.relabel;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads and writes rules in the form that {@code relabel_configs} have in Prometheus' YAML. */
public final class RelabelRuleParser {

  private static final String SOURCE_LABELS = "source_labels";
  private static final String SEPARATOR = "separator";
  private static final String REGEX = "regex";
  private static final String MODULUS = "modulus";
  private static final String TARGET_LABEL = "target_label";
  private static final String REPLACEMENT = "replacement";
  private static final String ACTION = "action";

  private static final List<String> KEYS =
      List.of(SOURCE_LABELS, SEPARATOR, REGEX, MODULUS, TARGET_LABEL, REPLACEMENT, ACTION);

  private RelabelRuleParser() {}

  /**
   * Reads a list of rules; null, as of a key without a value, is none.
   *
   * @throws IllegalArgumentException naming the rule, counted from 1, and its key
   */
  public static RelabelRules parse(JsonNode list) {
    if (list.isNull() || list.isMissingNode()) {
      return RelabelRules.NONE;
    }

    if (!list.isArray()) {
      throw new IllegalArgumentException("'" + list + "' (expected: a list of rules)");
    }

    List<RelabelRule> rules = new ArrayList<>(list.size());
    for (JsonNode rule : list) {
      try {
        rules.add(parseRule(rule));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("Rule " + (rules.size() + 1) + ": " + e.getMessage(), e);
      }
    }

    return new RelabelRules(rules);
  }

  /** What {@link #parse} reads as these rules, without what is as by default. */
  public static List<Map<String, Object>> format(RelabelRules rules) {
    return rules.rules().stream().map(RelabelRuleParser::format).toList();
  }

  private static Map<String, Object> format(RelabelRule rule) {
    Map<String, Object> keys = new LinkedHashMap<>();
    keys.put(ACTION, rule.action().text());
    if (!rule.sourceLabels().isEmpty()) {
      keys.put(SOURCE_LABELS, rule.sourceLabels());
    }

    if (!rule.separator().equals(RelabelRule.DEFAULT_SEPARATOR)) {
      keys.put(SEPARATOR, rule.separator());
    }

    if (!rule.regex().equals(AnchoredRegex.ANYTHING)) {
      keys.put(REGEX, rule.regex().toString());
    }

    if (rule.modulus() != 0) {
      keys.put(MODULUS, rule.modulus());
    }

    if (!rule.targetLabel().isEmpty()) {
      keys.put(TARGET_LABEL, rule.targetLabel());
    }

    if (!rule.replacement().equals(RelabelRule.DEFAULT_REPLACEMENT)) {
      keys.put(REPLACEMENT, rule.replacement());
    }

    return keys;
  }

  private static RelabelRule parseRule(JsonNode node) {
    if (!node.isObject()) {
      throw new IllegalArgumentException("'" + node + "' (expected: keys and values)");
    }

    RelabelRuleBuilder rule = RelabelRule.builder();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      // As in Prometheus, a key without a value is as if it were not there.
      if (!entry.getValue().isNull()) {
        set(rule, entry.getKey(), entry.getValue());
      }
    }

    return rule.build();
  }

  private static void set(RelabelRuleBuilder rule, String key, JsonNode value) {
    switch (key) {
      case SOURCE_LABELS -> rule.sourceLabels(names(value));
      case SEPARATOR -> rule.separator(text(key, value));
      case REGEX -> {
        try {
          rule.regex(text(key, value));
        } catch (IllegalArgumentException e) {
          throw new IllegalArgumentException(key + ": " + e.getMessage(), e);
        }
      }
      case MODULUS -> rule.modulus(modulus(value));
      case TARGET_LABEL -> rule.targetLabel(text(key, value));
      case REPLACEMENT -> rule.replacement(text(key, value));
      case ACTION -> rule.action(action(text(key, value)));
      default ->
          throw new IllegalArgumentException(
              "Unknown key '" + key + "' (expected: " + String.join(", ", KEYS) + ")");
    }
  }

  private static List<String> names(JsonNode value) {
    if (!value.isArray()) {
      throw new IllegalArgumentException(
          SOURCE_LABELS + ": '" + value.asText() + "' (expected: a list of label names)");
    }

    List<String> names = new ArrayList<>(value.size());
    for (JsonNode name : value) {
      if (name.asText().isEmpty()) {
        throw new IllegalArgumentException(
            SOURCE_LABELS + ": '" + value + "' (expected: names that are not empty)");
      }

      names.add(name.asText());
    }

    return names;
  }

  /** Any scalar: {@code regex: true} is a text to Prometheus. */
  private static String text(String key, JsonNode value) {
    if (!value.isValueNode()) {
      throw new IllegalArgumentException(key + ": '" + value + "' (expected: a text)");
    }

    return value.asText();
  }

  private static long modulus(JsonNode value) {
    BigInteger number = value.isIntegralNumber() ? value.bigIntegerValue() : BigInteger.ZERO;
    if (number.signum() <= 0 || number.bitLength() > 63) {
      throw new IllegalArgumentException(
          MODULUS + ": '" + value.asText() + "' (expected: a whole number above 0)");
    }

    return number.longValueExact();
  }

  private static RelabelAction action(String text) {
    RelabelAction action = RelabelAction.find(text);
    if (action == null) {
      throw new IllegalArgumentException(
          ACTION + ": '" + text + "' (expected: " + RelabelAction.names() + ")");
    }

    return action;
  }
}
