/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import io.flamelake.model.Label;
import io.flamelake.model.LabelSet;
import java.util.Comparator;
import java.util.List;

/** The order in which label sets are listed. */
enum LabelOrder implements Comparator<LabelSet> {
  /** Label by label: name, then value; a set comes after its beginnings. */
  BY_NAMES_AND_VALUES;

  @Override
  public int compare(LabelSet left, LabelSet right) {
    List<Label> leftLabels = left.labels();
    List<Label> rightLabels = right.labels();
    int common = Math.min(leftLabels.size(), rightLabels.size());
    for (int i = 0; i < common; i++) {
      int order = leftLabels.get(i).name().compareTo(rightLabels.get(i).name());
      if (order == 0) {
        order = leftLabels.get(i).value().compareTo(rightLabels.get(i).value());
      }

      if (order != 0) {
        return order;
      }
    }

    return Integer.compare(leftLabels.size(), rightLabels.size());
  }
}
