/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.limits;

import io.flamelake.gateway.relabel.RelabelAction;
import io.flamelake.gateway.relabel.RelabelRule;
import io.flamelake.gateway.relabel.RelabelRules;
import io.flamelake.model.LabelNames;
import java.util.List;
import java.util.Locale;

/** Where the default rules stand among a tenant's own. */
public enum DefaultRulesPosition {
  FIRST,
  LAST,
  DISABLED;

  /**
   * Profiles of Go's delta profiler are plain memory or mutex profiles, which need no delta any
   * more; and CPU time that a profiler of wall time took goes where CPU time is looked for. The
   * name they had stays with them.
   */
  static final RelabelRules DEFAULT_RULES =
      new RelabelRules(
          List.of(
              godeltaprof(LabelRules.NAME_REPLACED, "$0"),
              godeltaprof(LabelNames.DELTA, "false"),
              godeltaprof(LabelNames.NAME, "$1"),
              cpuOfWall(LabelRules.NAME_REPLACED, "wall"),
              cpuOfWall(LabelNames.NAME, "process_cpu")));

  /** The name in configuration. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The position of a name.
   *
   * @throws IllegalArgumentException saying what was expected
   */
  public static DefaultRulesPosition parse(String text) {
    for (DefaultRulesPosition position : values()) {
      if (position.text().equals(text)) {
        return position;
      }
    }

    throw new IllegalArgumentException("first, last or disabled");
  }

  /** A tenant's rules together with the default rules. */
  RelabelRules with(RelabelRules rules) {
    return switch (this) {
      case FIRST -> DEFAULT_RULES.then(rules);
      case LAST -> rules.then(DEFAULT_RULES);
      case DISABLED -> rules;
    };
  }

  private static RelabelRule godeltaprof(String target, String replacement) {
    return RelabelRule.builder()
        .action(RelabelAction.REPLACE)
        .sourceLabels(LabelNames.NAME)
        .regex("godeltaprof_(.+)")
        .targetLabel(target)
        .replacement(replacement)
        .build();
  }

  private static RelabelRule cpuOfWall(String target, String replacement) {
    return RelabelRule.builder()
        .action(RelabelAction.REPLACE)
        .sourceLabels(LabelNames.NAME, LabelNames.TYPE)
        .regex("wall;cpu")
        .targetLabel(target)
        .replacement(replacement)
        .build();
  }
}
