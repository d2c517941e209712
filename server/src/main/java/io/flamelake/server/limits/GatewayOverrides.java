/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.limits;

import io.flamelake.gateway.limits.DefaultRulesPosition;
import io.flamelake.gateway.limits.Limits;
import io.flamelake.gateway.limits.LimitsBuilder;
import io.flamelake.model.normalize.CumulativeTypes;
import io.flamelake.server.config.Durations;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The limits of pushes by their names in the overrides file. */
enum GatewayOverrides {
  INGESTION_BODY_LIMIT_MB(
      (limits, text) -> limits.ingestionBodyBytes(LimitTexts.parseMegabytes(text)),
      limits -> LimitTexts.formatMegabytes(limits.ingestionBodyBytes())),
  INGESTION_RATE_MB(
      (limits, text) -> limits.ingestionRateBytes(LimitTexts.parseMegabytes(text)),
      limits -> LimitTexts.formatMegabytes(limits.ingestionRateBytes())),
  INGESTION_BURST_SIZE_MB(
      (limits, text) -> limits.ingestionBurstBytes(LimitTexts.parseMegabytes(text)),
      limits -> LimitTexts.formatMegabytes(limits.ingestionBurstBytes())),
  MAX_LABEL_NAME_LENGTH(
      (limits, text) -> limits.maxLabelNameLength(LimitTexts.parseInt(text)),
      limits -> Integer.toString(limits.maxLabelNameLength())),
  MAX_LABEL_VALUE_LENGTH(
      (limits, text) -> limits.maxLabelValueLength(LimitTexts.parseInt(text)),
      limits -> Integer.toString(limits.maxLabelValueLength())),
  MAX_LABEL_NAMES_PER_SERIES(
      (limits, text) -> limits.maxLabelNamesPerSeries(LimitTexts.parseInt(text)),
      limits -> Integer.toString(limits.maxLabelNamesPerSeries())),
  MAX_PROFILE_SIZE_BYTES(
      (limits, text) -> limits.maxProfileBytes(LimitTexts.parseInt(text)),
      limits -> Long.toString(limits.maxProfileBytes())),
  MAX_PROFILE_STACKTRACE_SAMPLES(
      (limits, text) -> limits.maxProfileSamples(LimitTexts.parseInt(text)),
      limits -> Integer.toString(limits.maxProfileSamples())),
  MAX_PROFILE_STACKTRACE_SAMPLE_LABELS(
      (limits, text) -> limits.maxProfileSampleLabels(LimitTexts.parseInt(text)),
      limits -> Integer.toString(limits.maxProfileSampleLabels())),
  MAX_PROFILE_STACKTRACE_DEPTH(
      (limits, text) -> limits.maxStackDepth(LimitTexts.parseInt(text)),
      limits -> Integer.toString(limits.maxStackDepth())),
  MAX_PROFILE_SYMBOL_VALUE_LENGTH(
      (limits, text) -> limits.maxSymbolBytes(LimitTexts.parseInt(text)),
      limits -> Integer.toString(limits.maxSymbolBytes())),
  MAX_SESSIONS_PER_SERIES(
      (limits, text) -> limits.maxSessionsPerSeries(LimitTexts.parseInt(text)),
      limits -> Integer.toString(limits.maxSessionsPerSeries())),
  DISABLE_LABEL_SANITIZATION(
      (limits, text) -> limits.sanitizesLabelNames(!LimitTexts.parseBoolean(text)),
      limits -> Boolean.toString(!limits.sanitizesLabelNames())),
  INGESTION_RELABELING_RULES(
      (limits, text) ->
          limits.relabelling(rules -> rules.withRules(RuleTexts.parseRelabelRules(text))),
      limits -> RuleTexts.format(limits.relabelling().rules())),
  INGESTION_RELABELING_DEFAULT_RULES_POSITION(
      (limits, text) ->
          limits.relabelling(rules -> rules.withDefaultRules(DefaultRulesPosition.parse(text))),
      limits -> limits.relabelling().defaultRules().text()),
  SAMPLE_TYPE_RELABELING_RULES(
      (limits, text) ->
          limits.relabelling(rules -> rules.withSampleTypeRules(RuleTexts.parseRelabelRules(text))),
      limits -> RuleTexts.format(limits.relabelling().sampleTypeRules())),
  DISTRIBUTOR_USAGE_GROUPS(
      (limits, text) ->
          limits.sampling(rules -> rules.withUsageGroups(RuleTexts.parseUsageGroups(text))),
      limits -> RuleTexts.formatUsageGroups(limits.sampling().usageGroups())),
  DISTRIBUTOR_SAMPLING(
      (limits, text) ->
          limits.sampling(rules -> rules.withProbabilities(RuleTexts.parseProbabilities(text))),
      limits -> RuleTexts.formatProbabilities(limits.sampling().probabilities())),
  REJECT_OLDER_THAN(
      (limits, text) -> limits.rejectOlderThan(Durations.parse(text)),
      limits -> Durations.format(limits.rejectOlderThan())),
  REJECT_NEWER_THAN(
      (limits, text) -> limits.rejectNewerThan(Durations.parse(text)),
      limits -> Durations.format(limits.rejectNewerThan())),
  DELTA_PROFILES(
      (limits, text) ->
          limits.deltaProfiles(CumulativeTypes.parseNames(LimitTexts.parseList(text))),
      limits -> CumulativeTypes.formatNames(limits.deltaProfiles()));

  static final Set<String> NAMES =
      Arrays.stream(values())
          .map(GatewayOverrides::limitName)
          .collect(Collectors.toUnmodifiableSet());

  private final BiFunction<LimitsBuilder, String, LimitsBuilder> setter;
  private final Function<Limits, String> text;

  GatewayOverrides(
      BiFunction<LimitsBuilder, String, LimitsBuilder> setter, Function<Limits, String> text) {
    this.setter = setter;
    this.text = text;
  }

  private String limitName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The defaults with what one tenant's part of the file says otherwise.
   *
   * @throws IllegalArgumentException if a value is not of its limit's type, or out of range
   */
  static Limits apply(Limits defaults, Map<String, String> limits) {
    Limits applied = defaults;
    for (GatewayOverrides limit : values()) {
      Limits before = applied;
      // One at a time, so that what is out of range is known by its name in the file.
      applied =
          LimitTexts.value(
              limits,
              limit.limitName(),
              before,
              text -> limit.setter.apply(before.toBuilder(), text).build());
    }

    return applied;
  }

  /** The limits by name, written as they would be in the file. */
  static Map<String, String> texts(Limits limits) {
    Map<String, String> texts = new TreeMap<>();
    for (GatewayOverrides limit : values()) {
      texts.put(limit.limitName(), limit.text.apply(limits));
    }

    return texts;
  }
}
