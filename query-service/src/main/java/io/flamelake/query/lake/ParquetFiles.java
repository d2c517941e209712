/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import io.flamelake.query.QueryReads;
import io.flamelake.query.cache.WeightedCache;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.io.FileIO;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ColumnChunkMetaData;
import org.apache.parquet.hadoop.metadata.ColumnPath;

/**
 * Opens data files and loads column chunks, and keeps what was used last in memory. Since data
 * files are immutable nothing ever has to be invalidated.
 */
final class ParquetFiles {
  /** A gap up to this size is cheaper to read than a second request. */
  private static final int MAX_GAP_BYTES = 64 << 10;

  private static final int MAX_RANGE_BYTES = 64 << 20;

  private final WeightedCache<String, ParquetFile> footers;
  private final WeightedCache<ChunkKey, ColumnChunk> chunks;
  private final QueryReads reads;

  private record ChunkKey(String location, long offset) {}

  ParquetFiles(long maxFooterBytes, long maxChunkBytes) {
    this(
        new WeightedCache<>(maxFooterBytes, ParquetFile::weight),
        new WeightedCache<>(maxChunkBytes, ColumnChunk::weight),
        new QueryReads());
  }

  private ParquetFiles(
      WeightedCache<String, ParquetFile> footers,
      WeightedCache<ChunkKey, ColumnChunk> chunks,
      QueryReads reads) {
    this.footers = footers;
    this.chunks = chunks;
    this.reads = reads;
  }

  /** The same files and caches; {@code reads} is told what is read of them. */
  ParquetFiles countedBy(QueryReads reads) {
    return new ParquetFiles(footers, chunks, reads);
  }

  QueryReads reads() {
    return reads;
  }

  ParquetFile open(FileIO io, DataFile file) throws IOException {
    if (file.format() != FileFormat.PARQUET) {
      throw new IOException("File format " + file.format() + " (expected: PARQUET)");
    }

    reads.addDataFiles(1);
    ParquetFile cached = footers.find(file.location());
    if (cached != null) {
      return cached;
    }

    return footers.add(
        file.location(), ParquetFile.open(io, file.location(), file.fileSizeInBytes()));
  }

  /** Loads chunks of one row group, neighbours in one read. */
  Map<ColumnDescriptor, ColumnChunk> load(
      ParquetFile file, BlockMetaData rowGroup, List<ColumnDescriptor> columns) throws IOException {
    Map<ColumnDescriptor, ColumnChunk> loaded = new HashMap<>();
    List<Wanted> missing = new ArrayList<>();
    for (ColumnDescriptor column : columns) {
      ColumnChunkMetaData metadata = metadata(rowGroup, column);
      reads.addBytes(metadata.getTotalSize());
      ColumnChunk cached = chunks.find(new ChunkKey(file.location(), metadata.getStartingPos()));
      if (cached != null) {
        loaded.put(column, cached);
      } else {
        missing.add(new Wanted(column, metadata));
      }
    }

    missing.sort(Comparator.comparingLong(Wanted::start));
    int first = 0;
    while (first < missing.size()) {
      int last = first;
      while (last + 1 < missing.size()
          && missing.get(last + 1).start() - missing.get(last).end() <= MAX_GAP_BYTES
          && missing.get(last + 1).end() - missing.get(first).start() <= MAX_RANGE_BYTES) {
        last++;
      }

      loadRange(file, missing.subList(first, last + 1), loaded);
      first = last + 1;
    }

    return loaded;
  }

  private void loadRange(
      ParquetFile file, List<Wanted> wanted, Map<ColumnDescriptor, ColumnChunk> loaded)
      throws IOException {
    long start = wanted.get(0).start();
    long size = wanted.get(wanted.size() - 1).end() - start;
    reads.addFetchedBytes(size);
    byte[] range = file.read(start, Math.toIntExact(size));
    for (Wanted chunk : wanted) {
      byte[] bytes = range;
      if (wanted.size() > 1) {
        bytes = new byte[Math.toIntExact(chunk.end() - chunk.start())];
        System.arraycopy(range, Math.toIntExact(chunk.start() - start), bytes, 0, bytes.length);
      }

      ColumnChunk parsed =
          ColumnChunk.parse(bytes, chunk.metadata.getCodec(), chunk.metadata.getValueCount());
      loaded.put(chunk.column, chunks.add(new ChunkKey(file.location(), chunk.start()), parsed));
    }
  }

  static ColumnChunkMetaData metadata(BlockMetaData rowGroup, ColumnDescriptor column)
      throws IOException {
    ColumnPath path = ColumnPath.get(column.getPath());
    for (ColumnChunkMetaData metadata : rowGroup.getColumns()) {
      if (metadata.getPath().equals(path)) {
        return metadata;
      }
    }

    throw new IOException("Row group without column " + path);
  }

  private record Wanted(ColumnDescriptor column, ColumnChunkMetaData metadata) {
    long start() {
      return metadata.getStartingPos();
    }

    long end() {
      return metadata.getStartingPos() + metadata.getTotalSize();
    }
  }
}
