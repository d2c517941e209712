/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import org.apache.iceberg.io.FileIO;
import org.apache.iceberg.io.IOUtil;
import org.apache.iceberg.io.RangeReadable;
import org.apache.iceberg.io.SeekableInputStream;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.format.converter.ParquetMetadataConverter;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.hadoop.metadata.ParquetMetadata;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/**
 * An opened data file: its footer, and all of it where it is small. Data files never change, so an
 * opened one can be kept and used by many threads.
 */
final class ParquetFile {
  /** Read from the end of a file at first: the footer of most files, small files completely. */
  private static final int TAIL_BYTES = 256 << 10;

  private static final int TRAILER_BYTES = 8;
  private static final byte[] MAGIC = {'P', 'A', 'R', '1'};

  /** Estimate of what a parsed footer takes in memory for each of its bytes. */
  private static final int FOOTER_EXPANSION = 8;

  private final FileIO io;
  private final String location;
  private final long length;
  private final ParquetMetadata footer;
  private final byte @Nullable [] content;
  private final long weight;

  /** Asking the schema for them walks all of it each time. */
  private final List<ColumnDescriptor> columns;

  private ParquetFile(
      FileIO io,
      String location,
      long length,
      ParquetMetadata footer,
      byte @Nullable [] content,
      long footerBytes) {
    this.io = io;
    this.location = location;
    this.length = length;
    this.footer = footer;
    this.content = content;
    this.columns = footer.getFileMetaData().getSchema().getColumns();
    this.weight = footerBytes * FOOTER_EXPANSION + (content == null ? 0 : content.length);
  }

  /** Reads the footer: one range in most cases, two where it is longer than the first read. */
  static ParquetFile open(FileIO io, String location, long length) throws IOException {
    int tailBytes = (int) Math.min(length, TAIL_BYTES);
    byte[] tail = read(io, location, length, length - tailBytes, tailBytes);
    if (tailBytes < TRAILER_BYTES + MAGIC.length || !endsWithMagic(tail)) {
      throw new IOException("Not a Parquet file, or a truncated one");
    }

    int at = tailBytes - TRAILER_BYTES;
    int footerBytes =
        (tail[at] & 0xff)
            | (tail[at + 1] & 0xff) << 8
            | (tail[at + 2] & 0xff) << 16
            | (tail[at + 3] & 0xff) << 24;
    if (footerBytes < 0 || footerBytes > length - TRAILER_BYTES - MAGIC.length) {
      throw new IOException("Footer of " + footerBytes + " bytes in a file of " + length);
    }

    byte[] bytes = tail;
    int footerStart = tailBytes - TRAILER_BYTES - footerBytes;
    if (footerStart < 0) {
      bytes = read(io, location, length, length - TRAILER_BYTES - footerBytes, footerBytes);
      footerStart = 0;
    }

    ParquetMetadataConverter converter =
        new ParquetMetadataConverter(
            ParquetReadOptions.builder(new PlainParquetConfiguration()).build());
    ParquetMetadata footer =
        converter.readParquetMetadata(
            new ByteArrayInputStream(bytes, footerStart, footerBytes),
            ParquetMetadataConverter.NO_FILTER);
    return new ParquetFile(
        io, location, length, footer, tailBytes == length ? tail : null, footerBytes);
  }

  private static boolean endsWithMagic(byte[] tail) {
    for (int i = 0; i < MAGIC.length; i++) {
      if (tail[tail.length - MAGIC.length + i] != MAGIC[i]) {
        return false;
      }
    }

    return true;
  }

  private static byte[] read(FileIO io, String location, long fileLength, long offset, int length)
      throws IOException {
    byte[] bytes = new byte[length];
    try (SeekableInputStream in = io.newInputFile(location, fileLength).newStream()) {
      if (in instanceof RangeReadable ranges) {
        ranges.readFully(offset, bytes);
      } else {
        in.seek(offset);
        IOUtil.readFully(in, bytes, 0, length);
      }
    }

    return bytes;
  }

  /** Reads a range of the file, from memory if it is small. */
  byte[] read(long offset, int size) throws IOException {
    if (offset < 0 || size < 0 || offset > length - size) {
      throw new IOException(
          "Range of " + size + " bytes at " + offset + " of a file of " + length + " bytes");
    }

    if (content != null) {
      byte[] bytes = new byte[size];
      System.arraycopy(content, (int) offset, bytes, 0, size);
      return bytes;
    }

    return read(io, location, length, offset, size);
  }

  String location() {
    return location;
  }

  List<BlockMetaData> rowGroups() {
    return footer.getBlocks();
  }

  /**
   * The primitive columns below a column of the table, in the file's order: one for a primitive or
   * a list of primitives, key and value for a map; none if the file does not have the column.
   *
   * @param fieldId of the table's column; files of writers that leave no ids are read by name
   */
  List<ColumnDescriptor> columns(int fieldId, String name) {
    MessageType schema = footer.getFileMetaData().getSchema();
    Type byName = null;
    for (Type field : schema.getFields()) {
      if (field.getId() != null && field.getId().intValue() == fieldId) {
        return leaves(field.getName());
      }

      if (field.getId() == null && field.getName().equals(name)) {
        byName = field;
      }
    }

    return byName == null ? List.of() : leaves(byName.getName());
  }

  private List<ColumnDescriptor> leaves(String field) {
    return columns.stream().filter(column -> column.getPath()[0].equals(field)).toList();
  }

  long weight() {
    return weight;
  }
}
