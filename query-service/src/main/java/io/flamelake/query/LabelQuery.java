/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import io.flamelake.model.Selector;
import io.flamelake.model.TenantId;
import io.flamelake.model.normalize.ProfileRow;

/**
 * Which label sets a query lists.
 *
 * @param tenant the only tenant whose series count
 * @param selector conditions on the stored labels and on those derived from the profile type
 * @param range widened to whole UTC days
 */
public record LabelQuery(TenantId tenant, Selector selector, TimeRange range) {

  public LabelQuery {
    requireNonNull(tenant, "tenant");
    requireNonNull(selector, "selector");
    requireNonNull(range, "range");
  }

  /** Whether the series of a row is listed. */
  public boolean matches(ProfileRow row) {
    return tenant.equals(row.tenant())
        && coversDay(TimeRange.epochDay(row.timeMicros()))
        && matches(row.type(), row.serviceName(), row.labels());
  }

  /** Whether the range touches a UTC day, given in days since the epoch. */
  public boolean coversDay(long epochDay) {
    return !range.isEmpty()
        && epochDay >= range.firstEpochDay()
        && epochDay <= range.lastEpochDay();
  }

  /** Whether the selector accepts a series, by its stored and its derived labels. */
  public boolean matches(ProfileType type, String serviceName, LabelSet labels) {
    return selector.matchers().isEmpty()
        || selector.matches(labels.merge(type.labels(serviceName)));
  }
}
