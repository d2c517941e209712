/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.limits;

import static java.util.Objects.requireNonNull;

import io.flamelake.gateway.limits.Limits;
import io.flamelake.query.QueryLimits;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All limits of a tenant.
 *
 * @param queries what it may ask for
 * @param pushes what it may push
 */
public record TenantLimitSet(QueryLimits queries, Limits pushes) {
  static final Set<String> NAMES = names();

  public TenantLimitSet {
    requireNonNull(queries, "queries");
    requireNonNull(pushes, "pushes");
  }

  /**
   * These limits with what one tenant's part of the file says otherwise.
   *
   * @throws IllegalArgumentException if a value is not of its limit's type, or out of range
   */
  TenantLimitSet apply(Map<String, String> limits) {
    return new TenantLimitSet(
        QueryOverrides.apply(queries, limits), GatewayOverrides.apply(pushes, limits));
  }

  /** The limits by name, written as they would be in the file. */
  Map<String, String> texts() {
    Map<String, String> texts = new TreeMap<>(QueryOverrides.texts(queries));
    texts.putAll(GatewayOverrides.texts(pushes));
    return texts;
  }

  private static Set<String> names() {
    Set<String> names = new TreeSet<>(QueryOverrides.NAMES);
    names.addAll(GatewayOverrides.NAMES);
    return names;
  }
}
