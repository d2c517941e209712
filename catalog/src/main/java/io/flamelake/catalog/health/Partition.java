/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.catalog.health;

import static java.util.Objects.requireNonNull;

/**
 * A partition of any of the tables: all have a tenant and a time.
 *
 * @param period hours or days since the epoch
 */
record Partition(String tenant, int period) {
  Partition {
    requireNonNull(tenant, "tenant");
  }
}
