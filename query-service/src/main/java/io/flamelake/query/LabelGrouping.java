/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.LabelNames;
import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tells the group of profiles of one type by their labels. Not thread-safe. */
final class LabelGrouping {
  private final ProfileType type;
  private final List<String> groupBy;
  private final Map<LabelSet, LabelSet> groups = new HashMap<>();

  /**
   * @param groupBy stored or derived labels whose values tell groups apart; none: one group
   */
  LabelGrouping(ProfileType type, List<String> groupBy) {
    this.type = requireNonNull(type, "type");
    this.groupBy = List.copyOf(groupBy);
  }

  /** The labels of a profile's group. */
  LabelSet groupOf(LabelSet stored) {
    if (groupBy.isEmpty()) {
      return LabelSet.EMPTY;
    }

    return groups.computeIfAbsent(
        stored,
        labels ->
            labels.merge(type.labels(labels.value(LabelNames.SERVICE_NAME))).project(groupBy));
  }
}
