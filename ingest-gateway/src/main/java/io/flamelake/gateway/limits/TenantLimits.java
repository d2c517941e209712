/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.limits;

import io.flamelake.model.TenantId;

/** Says what each tenant may push; may say something else the next time. */
@FunctionalInterface
public interface TenantLimits {

  /** The limits in force now. Safe for use by many threads, and quick. */
  Limits of(TenantId tenant);
}
