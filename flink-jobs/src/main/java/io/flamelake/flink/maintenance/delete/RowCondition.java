/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

import static java.util.Objects.requireNonNull;
import static org.apache.iceberg.expressions.Expressions.and;
import static org.apache.iceberg.expressions.Expressions.equal;
import static org.apache.iceberg.expressions.Expressions.greaterThanOrEqual;
import static org.apache.iceberg.expressions.Expressions.in;
import static org.apache.iceberg.expressions.Expressions.lessThan;

import io.flamelake.catalog.ProfilesTable;
import io.flamelake.model.LabelNames;
import io.flamelake.model.LabelSet;
import io.flamelake.model.Matcher;
import io.flamelake.model.ProfileType;
import io.flamelake.model.Selector;
import java.util.Set;
import org.apache.iceberg.expressions.Expression;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a tenant are meant: as a query would select them, labels that are derived from the
 * profile type among them.
 *
 * @param selector conditions on stored and derived labels
 * @param profileType the id of the only type that is meant; null for all
 * @param fromMicros inclusive
 * @param toMicros exclusive
 */
record RowCondition(Selector selector, @Nullable String profileType, long fromMicros, long toMicros)
    implements SymbolScope {

  RowCondition {
    requireNonNull(selector, "selector");
  }

  boolean isInRange(long timeMicros) {
    return timeMicros >= fromMicros && timeMicros < toMicros;
  }

  /**
   * What files that hold such rows of a tenant have to fulfil, for Iceberg to leave out the others.
   *
   * @param tenant whose rows
   */
  Expression toFileFilter(String tenant) {
    Expression filter =
        and(
            equal(ProfilesTable.TENANT, tenant),
            greaterThanOrEqual(ProfilesTable.TS, fromMicros),
            lessThan(ProfilesTable.TS, toMicros));
    if (profileType != null) {
      filter = and(filter, equal(ProfilesTable.PROFILE_TYPE, profileType));
    }

    for (Matcher matcher : selector.matchers()) {
      boolean names = matcher.name().equals(LabelNames.SERVICE_NAME);
      if (names && matcher.operator() == Matcher.Operator.EQUAL) {
        filter = and(filter, equal(ProfilesTable.SERVICE_NAME, matcher.value()));
      } else if (names && matcher.operator() == Matcher.Operator.REGEX) {
        Set<String> literals = matcher.findLiterals();
        filter = literals == null ? filter : and(filter, in(ProfilesTable.SERVICE_NAME, literals));
      }
    }

    return filter;
  }

  /** Whether the series is meant, whatever the time. */
  @Override
  public boolean matches(String type, String service, LabelSet labels) {
    return isType(type) && selector.matches(labels.merge(derived(type, service)));
  }

  /**
   * Whether series of the service and type may be meant: false if the conditions on these two say
   * no, whatever the other labels are.
   */
  boolean mayMatch(String type, String service) {
    LabelSet derived = derived(type, service);
    return isType(type) && mayMatchService(service) && matchDerived(derived);
  }

  /** Whether series of the service may be meant, of whatever type. */
  @Override
  public boolean mayMatchService(String service) {
    for (Matcher matcher : selector.matchers()) {
      boolean isService =
          matcher.name().equals(LabelNames.SERVICE_NAME)
              || matcher.name().equals(LabelNames.SERVICE_NAME_PRIVATE);
      if (isService && !matcher.matches(service)) {
        return false;
      }
    }

    return true;
  }

  private boolean isType(String type) {
    return profileType == null || profileType.equals(type);
  }

  private boolean matchDerived(LabelSet derived) {
    for (Matcher matcher : selector.matchers()) {
      String value = derived.value(matcher.name());
      if (!value.isEmpty() && !matcher.matches(value)) {
        return false;
      }
    }

    return true;
  }

  private static LabelSet derived(String type, String service) {
    try {
      return ProfileType.parse(type).labels(service);
    } catch (IllegalArgumentException e) {
      // Only another writer can have stored it; its rows have the labels that they have.
      return LabelSet.of(LabelNames.PROFILE_TYPE, type);
    }
  }
}
