/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import static java.util.Objects.requireNonNull;

import io.flamelake.model.TenantId;
import io.flamelake.query.QueryLimits;
import io.flamelake.query.TenantQueryLimits;
import java.time.Clock;
import java.util.Collection;
import java.util.List;

/** Finds the limits that a request is held to. */
final class LimitsByTenant {
  private final TenantQueryLimits limits;
  private final Clock clock;

  LimitsByTenant(TenantQueryLimits limits, Clock clock) {
    this.limits = requireNonNull(limits, "limits");
    this.clock = requireNonNull(clock, "clock");
  }

  RequestLimits of(TenantId tenant) {
    return of(List.of(tenant));
  }

  /** Of several tenants the strictest limits hold. */
  RequestLimits of(Collection<TenantId> tenants) {
    QueryLimits strictest =
        tenants.stream()
            .map(limits::of)
            .reduce(QueryLimits::strictest)
            .orElseThrow(() -> new IllegalArgumentException("A request without a tenant"));
    return new RequestLimits(strictest, clock);
  }
}
