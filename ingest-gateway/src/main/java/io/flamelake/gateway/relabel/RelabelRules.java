/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.relabel;

import io.flamelake.model.Label;
import io.flamelake.model.LabelSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Rules that are applied one after the other, each to what the one before made. Immutable and safe
 * for use by many threads.
 */
public record RelabelRules(List<RelabelRule> rules) {

  public static final RelabelRules NONE = new RelabelRules(List.of());

  public RelabelRules {
    rules = List.copyOf(rules);
  }

  public boolean isEmpty() {
    return rules.isEmpty();
  }

  /** These rules and then others. */
  public RelabelRules then(RelabelRules others) {
    if (others.isEmpty()) {
      return this;
    }

    List<RelabelRule> all = new ArrayList<>(rules);
    all.addAll(others.rules);
    return new RelabelRules(all);
  }

  /**
   * Whether the outcome may depend on labels of these names, or these labels on the outcome. False
   * is certain, true is not.
   */
  public boolean mayTouch(Set<String> names) {
    return !names.isEmpty() && rules.stream().anyMatch(rule -> rule.mayTouch(names));
  }

  /**
   * The labels that the rules make, or null if they drop them.
   *
   * @param labels not changed
   */
  public @Nullable SortedMap<String, String> apply(Map<String, String> labels) {
    TreeMap<String, String> changed = new TreeMap<>(labels);
    for (RelabelRule rule : rules) {
      if (!rule.applyTo(changed)) {
        return null;
      }
    }

    return changed;
  }

  /** The labels that the rules make, or null if they drop them. */
  public @Nullable LabelSet apply(LabelSet labels) {
    if (isEmpty()) {
      return labels;
    }

    TreeMap<String, String> map = new TreeMap<>();
    for (Label label : labels.labels()) {
      map.put(label.name(), label.value());
    }

    SortedMap<String, String> changed = apply(map);
    if (changed == null) {
      return null;
    }

    return changed.equals(map) ? labels : LabelSet.of(changed);
  }
}
