/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import static java.util.Objects.requireNonNull;

import io.flamelake.catalog.ProfilesTable;
import io.flamelake.model.LabelNames;
import io.flamelake.model.Matcher;
import io.flamelake.model.Selector;
import java.time.Duration;
import org.apache.iceberg.expressions.Expression;
import org.apache.iceberg.expressions.Expressions;
import org.jspecify.annotations.Nullable;

/**
 * How long the profiles of some services or of one type are kept.
 *
 * @param services conditions on {@code service_name}; none for all services
 * @param profileType null for all types
 * @param period zero for ever
 */
public record RetentionRule(Selector services, @Nullable String profileType, Duration period) {

  public RetentionRule {
    requireNonNull(services, "services");
    requireNonNull(period, "period");
    for (Matcher matcher : services.matchers()) {
      if (!matcher.name().equals(LabelNames.SERVICE_NAME)) {
        throw new IllegalArgumentException(
            "selector: " + services + " (expected: conditions on service_name only)");
      }
    }
  }

  /** What files of {@code profiles} that hold such rows have to fulfil. */
  Expression toFileFilter() {
    Expression filter =
        profileType == null
            ? Expressions.alwaysTrue()
            : Expressions.equal(ProfilesTable.PROFILE_TYPE, profileType);
    String service = services.equalValue(LabelNames.SERVICE_NAME);
    return service == null
        ? filter
        : Expressions.and(filter, Expressions.equal(ProfilesTable.SERVICE_NAME, service));
  }

  boolean isOfService(String service) {
    return services.matchers().stream().allMatch(matcher -> matcher.matches(service));
  }

  boolean isOf(String service, String type) {
    return (profileType == null || profileType.equals(type)) && isOfService(service);
  }
}
