/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Valid ways to write the same rows to a Parquet file. */
public enum FileLayout {
  /** As the ingest job writes. */
  FLAMELAKE(WriterVersion.PARQUET_2_0, CompressionCodecName.ZSTD, 1 << 24, 250, 1 << 20, false),
  /** As Iceberg's generic writer does. */
  ICEBERG(WriterVersion.PARQUET_1_0, CompressionCodecName.GZIP, 1 << 20, 20_000, 1 << 20, false),
  /** Version 1 pages without dictionaries, many row groups, no field ids and no bounds. */
  PLAIN(WriterVersion.PARQUET_1_0, CompressionCodecName.SNAPPY, 0, 3, 2_000, true),
  /** Delta encodings in one-row pages. */
  DELTA(WriterVersion.PARQUET_2_0, CompressionCodecName.UNCOMPRESSED, 0, 1, 1 << 20, true),
  /** Dictionaries given up in the middle of a column chunk, all columns optional. */
  FALLBACK_V1(WriterVersion.PARQUET_1_0, CompressionCodecName.ZSTD, 64, 7, 1 << 20, true),
  FALLBACK_V2(WriterVersion.PARQUET_2_0, CompressionCodecName.GZIP, 64, 7, 1 << 20, true);

  final WriterVersion version;
  final CompressionCodecName codec;
  final int dictionaryBytes;
  final int pageRows;
  final long rowGroupBytes;
  final boolean allOptional;

  FileLayout(
      WriterVersion version,
      CompressionCodecName codec,
      int dictionaryBytes,
      int pageRows,
      long rowGroupBytes,
      boolean allOptional) {
    this.version = version;
    this.codec = codec;
    this.dictionaryBytes = dictionaryBytes;
    this.pageRows = pageRows;
    this.rowGroupBytes = rowGroupBytes;
    this.allOptional = allOptional;
  }
}
