/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.DataPageHeaderV2;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.jspecify.annotations.Nullable;

/**
 * The compressed bytes of one column chunk and where its pages lie in them. Immutable, so that it
 * can be cached and read by many threads.
 */
final class ColumnChunk {
  private static final int BYTES_PER_PAGE_ENTRY = 64;

  private final byte[] bytes;
  private final CompressionCodecName codec;
  private final @Nullable Page dictionary;
  private final List<Page> pages;

  /**
   * One page.
   *
   * @param offset of the first byte after the page header
   * @param size compressed size of levels and values
   * @param uncompressedSize of levels and values
   * @param values entries, nulls included
   * @param rows rows that begin and end in this page; -1: not told by the header
   * @param nulls entries without a value; -1: not told by the header
   * @param encoding of the values
   * @param levels how repetition and definition levels are stored
   */
  record Page(
      int offset,
      int size,
      int uncompressedSize,
      int values,
      int rows,
      int nulls,
      Encoding encoding,
      Levels levels) {}

  /**
   * Repetition and definition levels of a page.
   *
   * @param isSeparate whether they stand, with known sizes and never compressed, before the values
   *     (data page version 2), or are compressed with them, each with its size before it (1)
   * @param repetitionBytes size, if separate
   * @param definitionBytes size, if separate
   * @param isCompressed whether the values are compressed
   * @param repetitionEncoding if not separate
   * @param definitionEncoding if not separate
   */
  record Levels(
      boolean isSeparate,
      int repetitionBytes,
      int definitionBytes,
      boolean isCompressed,
      Encoding repetitionEncoding,
      Encoding definitionEncoding) {}

  private ColumnChunk(
      byte[] bytes, CompressionCodecName codec, @Nullable Page dictionary, List<Page> pages) {
    this.bytes = bytes;
    this.codec = codec;
    this.dictionary = dictionary;
    this.pages = pages;
  }

  /**
   * Finds the pages of a chunk and checks their checksums where the writer left any.
   *
   * @param bytes owned by the chunk from now on
   * @param valueCount entries of the chunk as the footer tells them
   */
  static ColumnChunk parse(byte[] bytes, CompressionCodecName codec, long valueCount)
      throws IOException {
    PositionedInput in = new PositionedInput(bytes);
    Page dictionary = null;
    List<Page> pages = new ArrayList<>();
    long values = 0;
    while (values < valueCount) {
      PageHeader header = Util.readPageHeader(in);
      int offset = in.position();
      int size = header.getCompressed_page_size();
      if (size < 0 || size > bytes.length - offset) {
        throw new IOException(
            "Page of " + size + " bytes at " + offset + " of a column chunk of " + bytes.length);
      }

      checkChecksum(header, bytes, offset, size);
      if (header.getType() == PageType.DICTIONARY_PAGE) {
        dictionary = dictionaryPage(header, offset);
      } else if (header.getType() == PageType.DATA_PAGE
          || header.getType() == PageType.DATA_PAGE_V2) {
        Page page =
            header.getType() == PageType.DATA_PAGE
                ? dataPage(header, offset)
                : dataPageV2(header, offset);
        pages.add(page);
        values += page.values;
      }

      in.seek(offset + size);
    }

    return new ColumnChunk(bytes, codec, dictionary, List.copyOf(pages));
  }

  private static void checkChecksum(PageHeader header, byte[] bytes, int offset, int size)
      throws IOException {
    if (!header.isSetCrc()) {
      return;
    }

    CRC32 crc = new CRC32();
    crc.update(bytes, offset, size);
    if ((int) crc.getValue() != header.getCrc()) {
      throw new IOException("Wrong checksum of the page at " + offset + " of a column chunk");
    }
  }

  private static Page dictionaryPage(PageHeader header, int offset) {
    return new Page(
        offset,
        header.getCompressed_page_size(),
        header.getUncompressed_page_size(),
        header.getDictionary_page_header().getNum_values(),
        -1,
        0,
        Encoding.PLAIN,
        new Levels(false, 0, 0, true, Encoding.RLE, Encoding.RLE));
  }

  private static Page dataPage(PageHeader header, int offset) {
    DataPageHeader data = header.getData_page_header();
    return new Page(
        offset,
        header.getCompressed_page_size(),
        header.getUncompressed_page_size(),
        data.getNum_values(),
        -1,
        -1,
        encoding(data.getEncoding()),
        new Levels(
            false,
            0,
            0,
            true,
            encoding(data.getRepetition_level_encoding()),
            encoding(data.getDefinition_level_encoding())));
  }

  private static Page dataPageV2(PageHeader header, int offset) {
    DataPageHeaderV2 data = header.getData_page_header_v2();
    return new Page(
        offset,
        header.getCompressed_page_size(),
        header.getUncompressed_page_size(),
        data.getNum_values(),
        data.getNum_rows(),
        data.getNum_nulls(),
        encoding(data.getEncoding()),
        new Levels(
            true,
            data.getRepetition_levels_byte_length(),
            data.getDefinition_levels_byte_length(),
            !data.isSetIs_compressed() || data.isIs_compressed(),
            Encoding.RLE,
            Encoding.RLE));
  }

  private static Encoding encoding(org.apache.parquet.format.Encoding encoding) {
    return Encoding.valueOf(encoding.name());
  }

  byte[] bytes() {
    return bytes;
  }

  CompressionCodecName codec() {
    return codec;
  }

  @Nullable Page dictionary() {
    return dictionary;
  }

  List<Page> pages() {
    return pages;
  }

  long weight() {
    return bytes.length + (long) BYTES_PER_PAGE_ENTRY * pages.size();
  }

  /** Thrift reads through a stream; this one tells how far it has come. */
  private static final class PositionedInput extends ByteArrayInputStream {
    PositionedInput(byte[] bytes) {
      super(bytes);
    }

    int position() {
      return pos;
    }

    void seek(int position) {
      this.pos = position;
    }
  }
}
