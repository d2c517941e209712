/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import io.flamelake.model.LabelNames;
import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;

/**
 * A series: what kind of profile, and from where.
 *
 * @param type profile type
 * @param labels the stored labels
 */
public record SeriesKey(ProfileType type, LabelSet labels) {
  /** Stored and derived labels. */
  public LabelSet allLabels() {
    return labels.merge(type.labels(labels.value(LabelNames.SERVICE_NAME)));
  }
}
