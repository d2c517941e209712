/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.api;

import io.flamelake.query.TimeRange;

/**
 * The part of a request's time range that is looked at.
 *
 * @param startMillis first millisecond inside
 * @param endMillis first millisecond after; before the start if there is nothing to look at
 */
record RequestRange(long startMillis, long endMillis) {
  /** Whether no profile can be inside, other than at one single instant. */
  boolean isEmpty() {
    return endMillis < startMillis;
  }

  TimeRange toTimeRange() {
    return TimeRange.ofMillis(startMillis, endMillis);
  }
}
