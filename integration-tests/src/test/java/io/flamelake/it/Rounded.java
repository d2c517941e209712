/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.it;

/** A number of a query that rounds: close enough if rounding can have made it. */
record Rounded(double value, int digits) {
  private static final double FLOATING_POINT_ERROR = 1e-9;

  boolean accepts(double actual) {
    return Math.abs(actual - value) <= 0.5 * Math.pow(10, -digits) + FLOATING_POINT_ERROR;
  }
}
