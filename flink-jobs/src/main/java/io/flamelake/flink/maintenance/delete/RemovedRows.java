/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.delete;

/**
 * What was removed from one partition.
 *
 * @param rows that are no more
 * @param filesIn that were replaced or dropped
 * @param filesOut that were written
 */
record RemovedRows(long rows, int filesIn, int filesOut) {
  static final RemovedRows NONE = new RemovedRows(0, 0, 0);
}
