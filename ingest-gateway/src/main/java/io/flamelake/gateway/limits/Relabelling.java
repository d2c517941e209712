/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.limits;

import static java.util.Objects.requireNonNull;

import io.flamelake.gateway.relabel.RelabelRules;

/**
 * A tenant's rules for the labels of profiles.
 *
 * @param rules change the labels of a series as it will be stored, with the labels of its samples,
 *     or drop it
 * @param defaultRules where the default rules stand among them
 * @param sampleTypeRules drop sample types before anything else is looked at; what they make of
 *     labels is forgotten
 */
public record Relabelling(
    RelabelRules rules, DefaultRulesPosition defaultRules, RelabelRules sampleTypeRules) {

  /** The default rules alone. */
  public static final Relabelling DEFAULT =
      new Relabelling(RelabelRules.NONE, DefaultRulesPosition.FIRST, RelabelRules.NONE);

  public Relabelling {
    requireNonNull(rules, "rules");
    requireNonNull(defaultRules, "defaultRules");
    requireNonNull(sampleTypeRules, "sampleTypeRules");
  }

  /** The rules for labels, the default rules among them, in their order. */
  public RelabelRules allRules() {
    return defaultRules.with(rules);
  }

  public Relabelling withRules(RelabelRules newRules) {
    return new Relabelling(newRules, defaultRules, sampleTypeRules);
  }

  public Relabelling withDefaultRules(DefaultRulesPosition newPosition) {
    return new Relabelling(rules, newPosition, sampleTypeRules);
  }

  public Relabelling withSampleTypeRules(RelabelRules newRules) {
    return new Relabelling(rules, defaultRules, newRules);
  }
}
