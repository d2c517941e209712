/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.trino;

import static java.util.Objects.requireNonNull;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;

/** Reads times of rows. */
final class RowTimes {
  private static final long MILLIS_PER_SECOND = 1_000;
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final int NANOS_PER_MICRO = 1_000;

  private RowTimes() {}

  /** Microseconds since the epoch of a column that is not null. */
  static long micros(ResultSet row, int column) throws SQLException {
    Timestamp time = requireNonNull(row.getTimestamp(column), "time");
    return Math.floorDiv(time.getTime(), MILLIS_PER_SECOND) * MICROS_PER_SECOND
        + time.getNanos() / NANOS_PER_MICRO;
  }
}
