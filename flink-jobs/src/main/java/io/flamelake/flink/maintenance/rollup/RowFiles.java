/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import io.flamelake.flink.sink.LakeFileReader;
import io.flamelake.flink.sink.RowLayout;
import io.flamelake.flink.sink.StringPool;
import java.util.Set;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.Table;

/**
 * Reads some columns of the rows of one table's files.
 *
 * @param columns those that are read
 */
record RowFiles<R>(Table table, RowLayout<R> layout, Set<String> columns) {

  /** Of names that are kept to be shared by rows. */
  private static final long MAX_NAME_BYTES = 32L << 20;

  /**
   * Passes over the rows of a file, as they lie there.
   *
   * @throws InterruptedException if the thread is interrupted meanwhile
   */
  void forEach(DataFile file, RowConsumer<R> consumer) throws Exception {
    try (LakeFileReader<R> reader =
        LakeFileReader.open(
            table.io().newInputFile(file),
            table.schema(),
            layout,
            columns,
            new StringPool(MAX_NAME_BYTES))) {
      for (R row = reader.next(); row != null; row = reader.next()) {
        if (Thread.interrupted()) {
          throw new InterruptedException("Interrupted while reading " + file.location());
        }

        consumer.accept(row);
      }
    }
  }

  /** Takes a row. */
  interface RowConsumer<R> {
    void accept(R row) throws Exception;
  }
}
