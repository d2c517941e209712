/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.relabel;

import java.util.List;

/** Builds a {@link RelabelRule} from Prometheus' defaults. */
public final class RelabelRuleBuilder {

  private List<String> sourceLabels = List.of();
  private String separator = RelabelRule.DEFAULT_SEPARATOR;
  private AnchoredRegex regex = AnchoredRegex.ANYTHING;
  private long modulus;
  private String targetLabel = "";
  private String replacement = RelabelRule.DEFAULT_REPLACEMENT;
  private RelabelAction action = RelabelAction.REPLACE;

  RelabelRuleBuilder() {}

  public RelabelRuleBuilder sourceLabels(String... names) {
    return sourceLabels(List.of(names));
  }

  public RelabelRuleBuilder sourceLabels(List<String> names) {
    this.sourceLabels = List.copyOf(names);
    return this;
  }

  public RelabelRuleBuilder separator(String text) {
    this.separator = text;
    return this;
  }

  /**
   * @throws IllegalArgumentException if it is no RE2 expression
   */
  public RelabelRuleBuilder regex(String text) {
    this.regex = new AnchoredRegex(text);
    return this;
  }

  public RelabelRuleBuilder modulus(long number) {
    this.modulus = number;
    return this;
  }

  public RelabelRuleBuilder targetLabel(String name) {
    this.targetLabel = name;
    return this;
  }

  public RelabelRuleBuilder replacement(String template) {
    this.replacement = template;
    return this;
  }

  public RelabelRuleBuilder action(RelabelAction newAction) {
    this.action = newAction;
    return this;
  }

  /**
   * @throws IllegalArgumentException if the action lacks a field, or has one that it has no use for
   */
  public RelabelRule build() {
    return new RelabelRule(
        sourceLabels, separator, regex, modulus, targetLabel, replacement, action);
  }
}
