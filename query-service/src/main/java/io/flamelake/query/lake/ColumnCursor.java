/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.parquet.bytes.ByteBufferInputStream;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.Encoding;
import org.apache.parquet.column.ValuesType;
import org.apache.parquet.column.values.ValuesReader;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.io.api.Binary;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type.Repetition;
import org.jspecify.annotations.Nullable;

/**
 * Moves forward over the rows of one column chunk, a flat column or a list of primitives, and
 * decodes the pages that hold the rows asked for into arrays. Pages without such a row are neither
 * decompressed nor decoded as far as their headers tell how many rows they have.
 *
 * <p>After {@link #seek} a row's values stand at [{@link #from()}, {@link #to()}) of {@link
 * #indexes()} while {@link #isDictionary()}, else of {@link #longs()} or {@link #binaries()}. The
 * arrays are those of the current page and change with the next call of {@code seek}.
 *
 * <p>The common encodings are decoded here; whatever else a valid file holds goes through
 * parquet-java's value readers.
 */
final class ColumnCursor {
  private static final int LEVEL_SIZE_BYTES = 4;

  private final ColumnChunk chunk;
  private final ColumnDescriptor descriptor;
  private final Nulls nulls;
  private final PageBuffer buffer;
  private final PrimitiveTypeName type;
  private final boolean isList;
  private final int maxDefinition;

  /** The definition level from which on an entry takes a place in its row. */
  private final int elementDefinition;

  private long[] dictionaryLongs = new long[0];
  private Binary[] dictionaryBinaries = new Binary[0];
  private int dictionarySize = -1;

  private int nextPage;
  private int firstRow;
  private int rows;
  private boolean identityRows;
  private int[] rowStarts = new int[0];
  private int size;
  private boolean dictionary;
  private int[] indexes = new int[0];
  private long[] longs = new long[0];
  private @Nullable Binary[] binaries = new Binary[0];
  private int from;
  private int to;

  private byte[] page = new byte[0];
  private int[] repetitions = new int[0];
  private int[] definitions = new int[0];

  /** What a missing value inside of a row means. */
  enum Nulls {
    /** The column is required, so the file is corrupt. */
    REFUSED,
    /** It takes its place: 0, null, or the dictionary index -1. */
    KEPT
  }

  ColumnCursor(ColumnChunk chunk, ColumnDescriptor descriptor, Nulls nulls, PageBuffer buffer) {
    if (descriptor.getMaxRepetitionLevel() > 1) {
      throw new IllegalArgumentException("Column " + descriptor + " nests lists");
    }

    this.chunk = chunk;
    this.descriptor = descriptor;
    this.nulls = nulls;
    this.buffer = buffer;
    this.type = descriptor.getPrimitiveType().getPrimitiveTypeName();
    this.isList = descriptor.getMaxRepetitionLevel() == 1;
    this.maxDefinition = descriptor.getMaxDefinitionLevel();
    boolean optionalLeaf = descriptor.getPrimitiveType().isRepetition(Repetition.OPTIONAL);
    this.elementDefinition = optionalLeaf ? maxDefinition - 1 : maxDefinition;
  }

  /**
   * Moves to a row of the row group.
   *
   * @param row not before the row of the last call
   */
  void seek(int row) throws IOException {
    while (row >= firstRow + rows) {
      nextPage(row);
    }

    int inPage = row - firstRow;
    this.from = identityRows ? inPage : rowStarts[inPage];
    this.to = identityRows ? inPage + 1 : rowStarts[inPage + 1];
  }

  int from() {
    return from;
  }

  int to() {
    return to;
  }

  boolean isDictionary() {
    return dictionary;
  }

  int[] indexes() {
    return indexes;
  }

  long[] longs() {
    return longs;
  }

  @Nullable Binary[] binaries() {
    return binaries;
  }

  /** Number of dictionary entries, 0 if the chunk has no dictionary. */
  int dictionarySize() throws IOException {
    loadDictionary();
    return dictionarySize;
  }

  long[] dictionaryLongs() throws IOException {
    loadDictionary();
    return dictionaryLongs;
  }

  Binary[] dictionaryBinaries() throws IOException {
    loadDictionary();
    return dictionaryBinaries;
  }

  /** An integer of the current page. */
  long longAt(int position) {
    return dictionary ? dictionaryLongs[indexes[position]] : longs[position];
  }

  /** A byte string of the current page, which stays valid; null only where nulls are kept. */
  @Nullable Binary binaryAt(int position) {
    if (!dictionary) {
      return binaries[position];
    }

    int index = indexes[position];
    return index < 0 ? null : dictionaryBinaries[index];
  }

  private void nextPage(int target) throws IOException {
    if (nextPage == chunk.pages().size()) {
      throw new IOException(
          "Column " + descriptor + " ends before row " + target + " of its row group");
    }

    ColumnChunk.Page header = chunk.pages().get(nextPage);
    boolean last = nextPage == chunk.pages().size() - 1;
    this.nextPage++;
    int pageRows = isList ? header.rows() : header.values();
    if (pageRows < 0) {
      decodeSpanningPage(header, last);
      return;
    }

    this.firstRow += rows;
    this.rows = pageRows;
    if (target >= firstRow + rows) {
      return;
    }

    decode(header);
    if (isList) {
      int found = findRows(header, -1);
      if (found != pageRows) {
        throw new IOException(
            "Page of column " + descriptor + " holds " + found + " rows (expected: " + rows + ")");
      }
    }
  }

  /**
   * Decodes a page of a list whose rows may have begun in the page before and may end in the next:
   * the last row stays hidden and is put before the values of the next page.
   */
  private void decodeSpanningPage(ColumnChunk.Page header, boolean last) throws IOException {
    this.firstRow += rows;
    boolean continues = firstRow > 0 || nextPage > 1;
    int carriedFrom = continues ? rowStarts[rows] : 0;
    int carried = continues ? size - carriedFrom : 0;
    if (carried > 0) {
      boolean indexed = dictionary;
      int[] oldIndexes = Arrays.copyOfRange(indexes, indexed ? carriedFrom : 0, indexed ? size : 0);
      long[] oldLongs = new long[0];
      @Nullable Binary[] oldBinaries = new Binary[0];
      if (isBinary()) {
        oldBinaries = copyBinaries(carriedFrom, size);
      } else {
        oldLongs = new long[carried];
        for (int i = 0; i < carried; i++) {
          oldLongs[i] = longAt(carriedFrom + i);
        }
      }

      decode(header);
      prepend(carried, indexed, oldIndexes, oldLongs, oldBinaries);
    } else {
      decode(header);
    }

    int found = findRows(header, continues ? carried : -1);
    this.rows = last ? found : found - 1;
  }

  private @Nullable Binary[] copyBinaries(int start, int end) {
    @Nullable Binary[] copies = new Binary[end - start];
    for (int i = 0; i < copies.length; i++) {
      copies[i] = binaryAt(start + i);
    }

    return copies;
  }

  private void prepend(
      int carried,
      boolean wasDictionary,
      int[] oldIndexes,
      long[] oldLongs,
      @Nullable Binary[] oldBinaries) {
    if (wasDictionary && dictionary) {
      int[] joined = Arrays.copyOf(oldIndexes, carried + size);
      System.arraycopy(indexes, 0, joined, carried, size);
      this.indexes = joined;
    } else if (isBinary()) {
      @Nullable Binary[] joined = Arrays.copyOf(oldBinaries, carried + size);
      for (int i = 0; i < size; i++) {
        joined[carried + i] = binaryAt(i);
      }

      this.binaries = joined;
      this.dictionary = false;
    } else {
      long[] joined = Arrays.copyOf(oldLongs, carried + size);
      for (int i = 0; i < size; i++) {
        joined[carried + i] = longAt(i);
      }

      this.longs = joined;
      this.dictionary = false;
    }

    this.size += carried;
  }

  /**
   * Finds where the rows of the decoded page begin.
   *
   * @param carried values of a row of the page before, which this page may continue; -1: none
   */
  private int findRows(ColumnChunk.Page header, int carried) throws IOException {
    int entries = header.values();
    if (rowStarts.length < entries + 2) {
      this.rowStarts = new int[entries + 2];
    }

    int row = -1;
    int value = 0;
    if (carried >= 0) {
      row = 0;
      value = carried;
      rowStarts[0] = 0;
    } else if (entries > 0 && repetitions[0] != 0) {
      throw new IOException("Column " + descriptor + " begins inside of a row");
    }

    boolean allPresent = maxDefinition == 0 || header.nulls() == 0;
    if (allPresent && carried < 0) {
      return findRowsOfPresentValues(entries);
    }

    for (int i = 0; i < entries; i++) {
      if (repetitions[i] == 0) {
        rowStarts[++row] = value;
      }

      if (allPresent || definitions[i] >= elementDefinition) {
        value++;
      }
    }

    rowStarts[row + 1] = value;
    return row + 1;
  }

  /** Writes each position where a row might begin and moves on where one does: no branches. */
  private int findRowsOfPresentValues(int entries) {
    int row = 0;
    for (int i = 0; i < entries; i++) {
      rowStarts[row] = i;
      row += 1 - repetitions[i];
    }

    rowStarts[row] = entries;
    return row;
  }

  private void decode(ColumnChunk.Page header) throws IOException {
    int entries = header.values();
    byte[] raw = chunk.bytes();
    ColumnChunk.Levels levels = header.levels();
    int valuesStart;
    int end;
    if (levels.isSeparate()) {
      int levelBytes = levels.repetitionBytes() + levels.definitionBytes();
      int size = header.uncompressedSize() - levelBytes;
      if (page.length < header.uncompressedSize() + PageBuffer.PADDING) {
        this.page = new byte[header.uncompressedSize() * 5 / 4 + PageBuffer.PADDING];
      }

      System.arraycopy(raw, header.offset(), page, 0, levelBytes);
      if (size > 0) {
        this.page =
            buffer.decompress(
                levels.isCompressed() ? chunk.codec() : CompressionCodecName.UNCOMPRESSED,
                raw,
                header.offset() + levelBytes,
                header.size() - levelBytes,
                page,
                levelBytes,
                size);
      }

      end = levelBytes + size;
      valuesStart = levelBytes;
      decodeSeparateLevels(header);
    } else {
      this.page =
          buffer.decompress(
              chunk.codec(),
              raw,
              header.offset(),
              header.size(),
              page,
              0,
              header.uncompressedSize());
      end = header.uncompressedSize();
      valuesStart = decodeJoinedLevels(header, end);
    }

    int present = entries;
    int places = entries;
    if (maxDefinition > 0 && header.nulls() != 0) {
      present = 0;
      places = 0;
      for (int i = 0; i < entries; i++) {
        int definition = definitions[i];
        present += definition == maxDefinition ? 1 : 0;
        places += definition >= elementDefinition ? 1 : 0;
      }
    }

    this.identityRows = !isList;
    decodeValues(header.encoding(), valuesStart, end, present);
    this.size = present;
    if (places != present) {
      spreadNulls(entries, places);
    }
  }

  private void decodeSeparateLevels(ColumnChunk.Page header) {
    int entries = header.values();
    int repetitionBytes = header.levels().repetitionBytes();
    if (isList) {
      this.repetitions = atLeast(repetitions, entries);
      RleBitPackedDecoder.decode(page, 0, repetitionBytes, 1, repetitions, entries);
    }

    if (maxDefinition > 0 && header.nulls() != 0) {
      this.definitions = atLeast(definitions, entries);
      RleBitPackedDecoder.decode(
          page,
          repetitionBytes,
          repetitionBytes + header.levels().definitionBytes(),
          bitWidth(maxDefinition),
          definitions,
          entries);
    }
  }

  private int decodeJoinedLevels(ColumnChunk.Page header, int end) throws IOException {
    int position = 0;
    if (isList) {
      this.repetitions = atLeast(repetitions, header.values());
      position =
          decodeLevels(
              header,
              header.levels().repetitionEncoding(),
              ValuesType.REPETITION_LEVEL,
              1,
              position,
              end,
              repetitions);
    }

    if (maxDefinition > 0) {
      this.definitions = atLeast(definitions, header.values());
      position =
          decodeLevels(
              header,
              header.levels().definitionEncoding(),
              ValuesType.DEFINITION_LEVEL,
              maxDefinition,
              position,
              end,
              definitions);
    }

    return position;
  }

  private int decodeLevels(
      ColumnChunk.Page header,
      Encoding encoding,
      ValuesType kind,
      int maxLevel,
      int start,
      int end,
      int[] out)
      throws IOException {
    if (encoding == Encoding.RLE) {
      int length =
          ByteBuffer.wrap(page, start, LEVEL_SIZE_BYTES).order(ByteOrder.LITTLE_ENDIAN).getInt();
      int first = start + LEVEL_SIZE_BYTES;
      if (length < 0 || length > end - first) {
        throw new IOException("Levels of " + length + " bytes in a page of " + end);
      }

      RleBitPackedDecoder.decode(
          page, first, first + length, bitWidth(maxLevel), out, header.values());
      return first + length;
    }

    ByteBufferInputStream in =
        ByteBufferInputStream.wrap(ByteBuffer.wrap(page, start, end - start).slice());
    ValuesReader reader = encoding.getValuesReader(descriptor, kind);
    reader.initFromPage(header.values(), in);
    for (int i = 0; i < header.values(); i++) {
      out[i] = reader.readInteger();
    }

    return end - in.available();
  }

  private void decodeValues(Encoding encoding, int start, int end, int count) throws IOException {
    this.dictionary = encoding.usesDictionary();
    if (dictionary) {
      loadDictionary();
      this.indexes = atLeast(indexes, count);
      if (count > 0) {
        RleBitPackedDecoder.decode(page, start + 1, end, page[start] & 0xff, indexes, count);
      }

      return;
    }

    if (isBinary()) {
      decodeBinaries(encoding, start, end, count);
    } else {
      decodeLongs(encoding, start, end, count);
    }
  }

  private void decodeLongs(Encoding encoding, int start, int end, int count) throws IOException {
    boolean narrow = type == PrimitiveTypeName.INT32;
    if (longs.length < count) {
      this.longs = new long[count + (count >> 2)];
    }

    if (encoding == Encoding.DELTA_BINARY_PACKED) {
      DeltaBinaryPackedDecoder.decode(page, start, longs, count, narrow);
    } else if (encoding == Encoding.PLAIN) {
      readPlain(ByteBuffer.wrap(page, start, end - start), longs, count, narrow);
    } else {
      ValuesReader reader = valuesReader(encoding, start, end, count);
      for (int i = 0; i < count; i++) {
        longs[i] = narrow ? reader.readInteger() : reader.readLong();
      }
    }
  }

  private static void readPlain(ByteBuffer in, long[] out, int count, boolean narrow) {
    ByteBuffer bytes = in.order(ByteOrder.LITTLE_ENDIAN);
    if (!narrow) {
      bytes.asLongBuffer().get(out, 0, count);
      return;
    }

    for (int i = 0; i < count; i++) {
      out[i] = bytes.getInt();
    }
  }

  private void decodeBinaries(Encoding encoding, int start, int end, int count) throws IOException {
    if (binaries.length < count) {
      this.binaries = new Binary[count + (count >> 2)];
    }

    ValuesReader reader = valuesReader(encoding, start, end, count);
    for (int i = 0; i < count; i++) {
      binaries[i] = reader.readBytes();
    }

    // They point into the page, and callers may keep them.
    this.page = new byte[0];
  }

  private ValuesReader valuesReader(Encoding encoding, int start, int end, int count)
      throws IOException {
    ValuesReader reader = encoding.getValuesReader(descriptor, ValuesType.VALUES);
    reader.initFromPage(
        count, ByteBufferInputStream.wrap(ByteBuffer.wrap(page, start, end - start).slice()));
    return reader;
  }

  /** Moves the values apart so that nulls have a place, from the last on. */
  private void spreadNulls(int entries, int places) throws IOException {
    if (nulls == Nulls.REFUSED) {
      throw new IOException("Null in the required column " + descriptor);
    }

    this.indexes = dictionary && indexes.length < places ? Arrays.copyOf(indexes, places) : indexes;
    this.longs = longs.length < places ? Arrays.copyOf(longs, places) : longs;
    this.binaries = binaries.length < places ? Arrays.copyOf(binaries, places) : binaries;
    int value = size - 1;
    int place = places - 1;
    for (int i = entries - 1; i >= 0; i--) {
      if (definitions[i] < elementDefinition) {
        continue;
      }

      boolean present = definitions[i] == maxDefinition;
      if (dictionary) {
        indexes[place] = present ? indexes[value] : -1;
      } else if (isBinary()) {
        binaries[place] = present ? binaries[value] : null;
      } else {
        longs[place] = present ? longs[value] : 0;
      }

      value -= present ? 1 : 0;
      place--;
    }

    this.size = places;
  }

  private void loadDictionary() throws IOException {
    if (dictionarySize >= 0) {
      return;
    }

    ColumnChunk.Page header = chunk.dictionary();
    if (header == null) {
      this.dictionarySize = 0;
      return;
    }

    int count = header.values();
    byte[] bytes =
        buffer.decompress(
            chunk.codec(),
            chunk.bytes(),
            header.offset(),
            header.size(),
            new byte[header.uncompressedSize() + PageBuffer.PADDING],
            0,
            header.uncompressedSize());
    ByteBuffer in =
        ByteBuffer.wrap(bytes, 0, header.uncompressedSize()).order(ByteOrder.LITTLE_ENDIAN);
    if (isBinary()) {
      this.dictionaryBinaries = new Binary[count];
      boolean fixed = type == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
      for (int i = 0; i < count; i++) {
        int length = fixed ? descriptor.getPrimitiveType().getTypeLength() : in.getInt();
        dictionaryBinaries[i] = Binary.fromConstantByteArray(bytes, in.position(), length);
        in.position(in.position() + length);
      }
    } else {
      this.dictionaryLongs = new long[count];
      readPlain(in, dictionaryLongs, count, type == PrimitiveTypeName.INT32);
    }

    this.dictionarySize = count;
  }

  private boolean isBinary() {
    return type == PrimitiveTypeName.BINARY || type == PrimitiveTypeName.FIXED_LEN_BYTE_ARRAY;
  }

  private static int bitWidth(int max) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(max);
  }

  private static int[] atLeast(int[] array, int length) {
    return array.length >= length ? array : new int[length + (length >> 2)];
  }
}
