/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import io.flamelake.model.TenantId;

/** Says what each tenant's queries may ask for; may say something else the next time. */
@FunctionalInterface
public interface TenantQueryLimits {

  /** The limits in force now. Safe for use by many threads, and quick. */
  QueryLimits of(TenantId tenant);
}
