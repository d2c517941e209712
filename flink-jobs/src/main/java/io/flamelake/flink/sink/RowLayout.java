/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import java.io.Serializable;
import java.util.Comparator;
import java.util.function.UnaryOperator;
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

  /**
   * Says whether a row begins a run that queries read without the rows before it, so that a row
   * group may end between the two.
   */
  default boolean startsRun(R row, R previous) {
    return false;
  }

  /** Returns what brings each row of one row group into a form that says the same in less space. */
  default UnaryOperator<R> newArrangement() {
    return UnaryOperator.identity();
  }

  /** Returns the same layout for files that are written once and read often: small, not quick. */
  default RowLayout<R> compacted() {
    return this;
  }

  /** Returns about how much memory a buffered row holds. */
  long memoryBytes(R row);

  /** Emits each column that has a value. */
  void write(R row, ParquetRow out);

  /** Makes a row of the columns that {@link #write} emits. */
  R read(ReadRow in);
}
