/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.limits;

import static java.util.Objects.requireNonNull;

import io.flamelake.flink.maintenance.delete.TenantRetention;
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
 * @param retention how long its data is kept
 */
public record TenantLimitSet(QueryLimits queries, Limits pushes, TenantRetention retention) {
  static final Set<String> NAMES = names();

  public TenantLimitSet {
    requireNonNull(queries, "queries");
    requireNonNull(pushes, "pushes");
    requireNonNull(retention, "retention");
  }

  /**
   * These limits with what one tenant's part of the file says otherwise.
   *
   * @throws IllegalArgumentException if a value is not of its limit's type, or out of range
   */
  TenantLimitSet apply(Map<String, String> limits) {
    return new TenantLimitSet(
        QueryOverrides.apply(queries, limits),
        GatewayOverrides.apply(pushes, limits),
        retention.apply(limits));
  }

  /** The limits by name, written as they would be in the file. */
  Map<String, String> texts() {
    Map<String, String> texts = new TreeMap<>(QueryOverrides.texts(queries));
    texts.putAll(GatewayOverrides.texts(pushes));
    texts.putAll(retention.texts());
    return texts;
  }

  private static Set<String> names() {
    Set<String> names = new TreeSet<>(QueryOverrides.NAMES);
    names.addAll(GatewayOverrides.NAMES);
    names.addAll(TenantRetention.NAMES);
    return names;
  }
}
