/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.flamelake.flink.maintenance.RetentionSettings;
import io.flamelake.model.ProfileType;
import io.flamelake.model.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import org.apache.flink.util.TimeUtils;
import org.jspecify.annotations.Nullable;

/**
 * How long one tenant's data is kept. A period of zero is for ever.
 *
 * @param period of profiles that no rule is about
 * @param rollUpPeriod of roll-ups; null, or shorter than the profiles' own: as long as the profiles
 * @param rules the first that is about a profile says how long it is kept
 */
public record TenantRetention(
    Duration period, @Nullable Duration rollUpPeriod, List<RetentionRule> rules) {

  /** Nothing ever leaves. */
  public static final TenantRetention FOR_EVER =
      new TenantRetention(Duration.ZERO, null, List.of());

  /** The names in the overrides file. */
  public static final Set<String> NAMES =
      Set.of(
          "retention_period",
          "compactor_blocks_retention_period",
          "rollup_retention_period",
          "retention_rules");

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Shorter ones would remove profiles that are still being written and rolled up. */
  private static final Duration SHORTEST = Duration.ofHours(1);

  public TenantRetention {
    requireNonNull(period, "period");
    rules = List.copyOf(rules);
  }

  /** Of tenants of which nothing else is said. */
  public static TenantRetention of(RetentionSettings settings) {
    return new TenantRetention(settings.period(), settings.rollUpPeriod(), List.of());
  }

  /**
   * This with what one tenant's part of the overrides file says otherwise.
   *
   * @param limits by name; rules as JSON
   * @throws IllegalArgumentException naming the limit, if one is not what it has to be
   */
  public TenantRetention apply(Map<String, String> limits) {
    Duration newPeriod =
        value(
            limits,
            "retention_period",
            value(
                limits, "compactor_blocks_retention_period", period, TenantRetention::parsePeriod),
            TenantRetention::parsePeriod);
    Duration newRollUpPeriod =
        limits.containsKey("rollup_retention_period")
            ? value(limits, "rollup_retention_period", period, TenantRetention::parsePeriod)
            : rollUpPeriod;
    List<RetentionRule> newRules =
        value(limits, "retention_rules", rules, TenantRetention::parseRules);
    return new TenantRetention(newPeriod, newRollUpPeriod, newRules);
  }

  /** What is said of the tenant, by name, as the overrides file would say it. */
  public Map<String, String> texts() {
    Map<String, String> texts = new TreeMap<>();
    texts.put("retention_period", text(period));
    if (rollUpPeriod != null) {
      texts.put("rollup_retention_period", text(rollUpPeriod));
    }

    if (!rules.isEmpty()) {
      ArrayNode nodes = JSON.createArrayNode();
      for (RetentionRule rule : rules) {
        ObjectNode node = nodes.addObject().put("selector", rule.services().toString());
        if (rule.profileType() != null) {
          node.put("profile_type", rule.profileType());
        }

        node.put("period", text(rule.period()));
      }

      texts.put("retention_rules", nodes.toString());
    }

    return texts;
  }

  private static String text(Duration duration) {
    return duration.isZero() ? "0" : TimeUtils.formatWithHighestUnit(duration);
  }

  /** Whether nothing is ever removed. */
  boolean isForEver() {
    return period.isZero() && rules.stream().allMatch(rule -> rule.period().isZero());
  }

  /** Returns how long the profiles of a service and type are kept. */
  Duration period(String service, String type) {
    for (RetentionRule rule : rules) {
      if (rule.isOf(service, type)) {
        return rule.period();
      }
    }

    return period;
  }

  /** Returns the longest that any profile of a service may be kept. */
  Duration longestPeriod(String service) {
    Duration longest = null;
    for (RetentionRule rule : rules) {
      if (rule.isOfService(service)) {
        longest = longer(longest, rule.period());
        if (rule.profileType() == null) {
          return longest;
        }
      }
    }

    return longer(longest, period);
  }

  /** Returns the longest that any profile may be kept: then whole partitions go. */
  Duration longestPeriod() {
    Duration longest = period;
    for (RetentionRule rule : rules) {
      longest = longer(longest, rule.period());
    }

    return longest;
  }

  /** Returns the shortest period that is not for ever, or zero if all are. */
  Duration shortestPeriod() {
    Duration shortest = period;
    for (RetentionRule rule : rules) {
      boolean isShorter =
          !rule.period().isZero() && (shortest.isZero() || rule.period().compareTo(shortest) < 0);
      shortest = isShorter ? rule.period() : shortest;
    }

    return shortest;
  }

  /** Whether roll-ups are kept when their profiles are gone. */
  boolean hasRollUpsThatOutlive() {
    return rollUpPeriod != null
        && !longestPeriod().isZero()
        && longer(rollUpPeriod, longestPeriod()).equals(rollUpPeriod)
        && !rollUpPeriod.equals(longestPeriod());
  }

  /** Returns how long roll-ups are kept, which is not shorter than the profiles are. */
  Duration effectiveRollUpPeriod() {
    return rollUpPeriod != null && hasRollUpsThatOutlive() ? rollUpPeriod : longestPeriod();
  }

  private static Duration longer(@Nullable Duration a, Duration b) {
    if (a == null) {
      return b;
    }

    if (a.isZero() || b.isZero()) {
      return Duration.ZERO;
    }

    return a.compareTo(b) >= 0 ? a : b;
  }

  private static <T> T value(
      Map<String, String> limits, String name, T fallback, Function<String, T> parser) {
    String text = limits.get(name);
    if (text == null) {
      return fallback;
    }

    try {
      return parser.apply(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": '" + text + "': " + e.getMessage(), e);
    }
  }

  private static Duration parsePeriod(String text) {
    Duration parsed;
    try {
      parsed = TimeUtils.parseDuration(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("expected a duration like 31d (units s, m, h, d)", e);
    }

    if (!parsed.isZero() && parsed.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException("expected at least 1h, or 0 for ever");
    }

    return parsed;
  }

  private static List<RetentionRule> parseRules(String text) {
    JsonNode nodes;
    try {
      nodes = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("expected a list of rules", e);
    }

    if (!nodes.isArray()) {
      throw new IllegalArgumentException("expected a list of rules");
    }

    List<RetentionRule> parsed = new ArrayList<>();
    for (JsonNode node : nodes) {
      parsed.add(parseRule(node));
    }

    return parsed;
  }

  private static RetentionRule parseRule(JsonNode node) {
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (!Set.of("selector", "profile_type", "period").contains(entry.getKey())) {
        throw new IllegalArgumentException(
            "unknown key '" + entry.getKey() + "' (expected: selector, profile_type, period)");
      }
    }

    JsonNode period = node.get("period");
    if (period == null || (!node.has("selector") && !node.has("profile_type"))) {
      throw new IllegalArgumentException(
          "rule " + node + " (expected: a period, and a selector or a profile_type)");
    }

    JsonNode type = node.get("profile_type");
    return new RetentionRule(
        Selector.parse(node.path("selector").asText("{}")),
        type == null ? null : ProfileType.parse(type.asText()).id(),
        parsePeriod(period.asText()));
  }
}
