/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.async;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * Limits of asynchronous queries.
 *
 * @param maxPerTenant queries of one tenant that run or wait in one querier; more are refused, and
 *     with 0 there are none at all
 * @param timeout how long one may take
 * @param resultTtl how long its answer can be fetched
 */
public record AsyncQueryConfig(int maxPerTenant, Duration timeout, Duration resultTtl) {
  public static final AsyncQueryConfig DEFAULT =
      new AsyncQueryConfig(5, Duration.ofMinutes(10), Duration.ofHours(1));

  public AsyncQueryConfig {
    if (maxPerTenant < 0) {
      throw new IllegalArgumentException("maxPerTenant: " + maxPerTenant + " (expected: >= 0)");
    }

    checkAtLeastOneSecond("timeout", timeout);
    checkAtLeastOneSecond("resultTtl", resultTtl);
  }

  private static void checkAtLeastOneSecond(String name, Duration value) {
    requireNonNull(value, name);
    if (value.toSeconds() < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: >= 1 s)");
    }
  }
}
