/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.delta;

import static java.util.Objects.requireNonNull;

/**
 * A difference that was handed on but may not be in the table yet. After a failure its record may
 * be read again, with base lines that are past it: then this is handed on once more.
 *
 * @param place hash of where the record is in the segment log
 * @param checkpoint the last checkpoint before the record, so that a later one holds it
 */
record UncommittedDelta(long place, long checkpoint, StackValues values) {

  UncommittedDelta {
    requireNonNull(values, "values");
  }
}
