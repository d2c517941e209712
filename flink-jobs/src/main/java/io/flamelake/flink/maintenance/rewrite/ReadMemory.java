/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rewrite;

import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;

/** Estimates from its footer how much memory it takes to read a file row by row. */
final class ReadMemory {

  /** Buffers, the footer itself, and arrays that grew with the longest row. */
  private static final long FILE_OVERHEAD = 1 << 20;

  /** A page as it was written, and what its decoder makes of it. */
  private static final long PAGE_BYTES = 1 << 20;

  /** Unpacked, a dictionary is about four times as long; its strings are objects besides. */
  private static final int DICTIONARY_FACTOR = 12;

  private ReadMemory() {}

  static long estimate(ParquetMetadata footer) {
    long largest = 0;
    for (BlockMetaData rowGroup : footer.getBlocks()) {
      largest = Math.max(largest, estimate(rowGroup));
    }

    return FILE_OVERHEAD + largest;
  }

  private static long estimate(BlockMetaData rowGroup) {
    long bytes = 0;
    for (ColumnChunkMetaData chunk : rowGroup.getColumns()) {
      bytes += chunk.getTotalSize();
      bytes += Math.min(chunk.getTotalUncompressedSize(), PAGE_BYTES);
      boolean isString =
          chunk.getPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY;
      if (isString && chunk.hasDictionaryPage()) {
        long dictionary = chunk.getFirstDataPageOffset() - chunk.getStartingPos();
        bytes += DICTIONARY_FACTOR * Math.max(0, dictionary);
      }
    }

    return bytes;
  }
}
