/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

import io.flamelake.model.ProfileType;
import io.flamelake.testkit.HistorySeries;
import io.flamelake.testkit.ProfileHistory;
import java.time.Instant;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;

/** Which profiles of a history a query is about. */
record HistoryQuestion(
    String tenant, ProfileType type, HistorySelector selector, HistoryRange range) {

  /**
   * Draws a question.
   *
   * @param earliest the earliest time of the questions about a tenant
   */
  static HistoryQuestion draw(Random random, Function<String, Instant> earliest, Instant latest) {
    String tenant = ProfileHistory.TENANTS.get(random.nextInt(ProfileHistory.TENANTS.size()));
    return new HistoryQuestion(
        tenant,
        ProfileHistory.TYPES.get(random.nextInt(ProfileHistory.TYPES.size())),
        HistorySelector.draw(random),
        HistoryRange.draw(random, earliest.apply(tenant), latest));
  }

  /** The series that are selected. */
  Predicate<HistorySeries> selected() {
    return ofAllTypes().and(series -> series.type().equals(type));
  }

  Predicate<HistorySeries> ofAllTypes() {
    return selector.matches().and(series -> series.tenant().value().equals(tenant));
  }

  HistoryQuestion withRange(HistoryRange other) {
    return new HistoryQuestion(tenant, type, selector, other);
  }

  @Override
  public String toString() {
    return tenant + " " + type.id() + selector.text() + " " + range.from() + " to " + range.to();
  }
}
