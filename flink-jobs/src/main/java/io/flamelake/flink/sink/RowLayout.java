/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import java.io.Serializable;
import java.util.Comparator;
import org.apache.iceberg.Schema;

/** How the rows of one table lie in its files. */
public interface RowLayout<R> extends Serializable {

  LakeTable table();

  String tenant(R row);

  /** Returns the second value of the partition: hour or day since the epoch. */
  int period(R row);

  /** Returns the columns that it writes and reads. */
  Schema schema();

  /** Returns the order of the rows of a file. */
  Comparator<R> order();

  /** Returns the columns of the order: what a file says of itself whose rows lie so. */
  String orderName();

  /**
   * Says whether a row may be left out because the one before it, of a partition, says the same.
   */
  boolean repeats(R row, R previous);

  /** Returns about how much memory a buffered row holds. */
  long memoryBytes(R row);

  /** Emits each column that has a value. */
  void write(R row, ParquetRow out);

  /** Makes a row of the columns that {@link #write} emits. */
  R read(ReadRow in);
}
