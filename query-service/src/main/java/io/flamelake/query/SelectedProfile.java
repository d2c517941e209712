/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.LabelSet;
import java.util.UUID;

/**
 * A stored profile that a query selects: one profile of one type and label set.
 *
 * @param id as the client chose it, or the gateway
 * @param timeMicros start of the profile since the epoch
 * @param labels the stored labels, among them {@code service_name}
 */
public record SelectedProfile(UUID id, long timeMicros, LabelSet labels) {
  public SelectedProfile {
    requireNonNull(id, "id");
    requireNonNull(labels, "labels");
  }
}
