/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.sink;

import java.io.Closeable;
import java.io.IOException;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.parquet.column.ColumnWriteStore;
import org.apache.parquet.column.ParquetProperties;
import org.apache.parquet.compression.CompressionCodecFactory.BytesInputCompressor;
import org.apache.parquet.conf.ParquetConfiguration;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.ColumnChunkPageWriteStore;
import org.apache.parquet.hadoop.ParquetFileWriter;
import org.apache.parquet.hadoop.ParquetWriter;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.MessageColumnIO;
import org.apache.parquet.io.OutputFile;
import org.apache.parquet.io.api.RecordConsumer;
import org.apache.parquet.schema.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows as a Parquet file whose row groups end where they are full, or a little before where
 * the layout says that a run of rows begins: parquet-java's own writer of rows does not offer that.
 */
final class RowGroupWriter<R> implements Closeable {

  /** A row group that ends before it is full has at least this part of the size of a full one. */
  private static final int MIN_PART = 16;

  private final RowLayout<R> layout;
  private final MessageType schema;
  private final ParquetProperties properties;
  private final long rowGroupBytes;
  private final MessageColumnIO columnIo;
  private final CodecFactory codecs;
  private final BytesInputCompressor compressor;
  private final ParquetFileWriter file;
  private @Nullable RowGroup rowGroup;
  private int rowGroupCount;
  private @Nullable R previous;
  private boolean isClosed;

  /**
   * @param rowGroupBytes about, as compressed
   */
  RowGroupWriter(
      OutputFile out,
      RowLayout<R> layout,
      MessageType schema,
      ParquetProperties properties,
      ParquetConfiguration configuration,
      CompressionCodecName codec,
      long rowGroupBytes)
      throws IOException {
    this.layout = layout;
    this.schema = schema;
    this.properties = properties;
    this.rowGroupBytes = rowGroupBytes;
    this.columnIo = new ColumnIOFactory(false).getColumnIO(schema);
    this.codecs = new CodecFactory(configuration, properties.getPageSizeThreshold());
    this.compressor = codecs.getCompressor(codec);
    this.file =
        new ParquetFileWriter(
            out,
            schema,
            ParquetFileWriter.Mode.CREATE,
            rowGroupBytes,
            ParquetWriter.MAX_PADDING_SIZE_DEFAULT,
            null,
            properties);
    file.start();
  }

  void write(R row) throws IOException {
    R last = previous;
    previous = row;
    if (last != null
        && layout.startsRun(row, last)
        && bufferedBytes() >= rowGroupBytes / MIN_PART) {
      endRowGroup();
    }

    RowGroup current = rowGroup;
    if (current == null) {
      current = new RowGroup(rowGroupCount);
      rowGroup = current;
      rowGroupCount++;
    }

    current.write(row);
    if (current.isFull()) {
      endRowGroup();
    }
  }

  /** Returns about how long the file would be now, with what is still in memory. */
  long sizeBytes() throws IOException {
    return file.getPos() + bufferedBytes();
  }

  /** Writes what is still in memory, and the footer. */
  ParquetMetadata finish(Map<String, String> footerEntries) throws IOException {
    try (this) {
      endRowGroup();
      file.end(footerEntries);
      return file.getFooter();
    }
  }

  /** Frees the memory. A file that was not finished is left as it is, without a footer. */
  @Override
  public void close() throws IOException {
    if (isClosed) {
      return;
    }

    isClosed = true;
    RowGroup current = rowGroup;
    rowGroup = null;
    try (file) {
      if (current != null) {
        current.close();
      }
    } finally {
      codecs.release();
    }
  }

  private void endRowGroup() throws IOException {
    RowGroup current = rowGroup;
    if (current != null) {
      rowGroup = null;
      current.flush();
    }
  }

  private long bufferedBytes() {
    RowGroup current = rowGroup;
    return current == null ? 0 : current.bytes();
  }

  private final class RowGroup implements Closeable {

    private final ColumnChunkPageWriteStore pages;
    private final ColumnWriteStore columns;
    private final RecordConsumer consumer;
    private final ParquetRow out;
    private final UnaryOperator<R> arrangement = layout.newArrangement();
    private long rows;
    private long nextCheck = properties.getMinRowCountForPageSizeCheck();

    private RowGroup(int ordinal) {
      this.pages =
          new ColumnChunkPageWriteStore(
              compressor,
              schema,
              properties.getAllocator(),
              properties.getColumnIndexTruncateLength(),
              properties.getPageWriteChecksumEnabled(),
              null,
              ordinal);
      this.columns = properties.newColumnWriteStore(schema, pages, pages);
      this.consumer = columnIo.getRecordWriter(columns);
      this.out = new ParquetRow(consumer, schema);
    }

    private void write(R row) {
      consumer.startMessage();
      layout.write(arrangement.apply(row), out);
      consumer.endMessage();
      rows++;
    }

    private long bytes() {
      return columns.getBufferedSize();
    }

    /** Looks at the size half-way to where the group is expected to be full, as parquet-java. */
    private boolean isFull() {
      if (rows < nextCheck) {
        return false;
      }

      long bytes = bytes();
      long rowBytes = Math.max(1, bytes / rows);
      if (bytes > rowGroupBytes - 2 * rowBytes) {
        return true;
      }

      long expectedRows = (rows + rowGroupBytes / rowBytes) / 2;
      nextCheck =
          Math.min(
              Math.max(rows + properties.getMinRowCountForPageSizeCheck(), expectedRows),
              rows + properties.getMaxRowCountForPageSizeCheck());
      return false;
    }

    private void flush() throws IOException {
      try (this) {
        consumer.flush();
        file.startBlock(rows);
        columns.flush();
        pages.flushToFileWriter(file);
        file.endBlock();
      }
    }

    @Override
    public void close() {
      columns.close();
      pages.close();
    }
  }
}
