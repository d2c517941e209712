/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.bytes.HeapByteBufferAllocator;
import org.apache.parquet.column.ColumnDescriptor;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForInteger;
import org.apache.parquet.column.values.delta.DeltaBinaryPackingValuesWriterForLong;
import org.apache.parquet.column.values.rle.RunLengthBitPackingHybridEncoder;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.Util;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.MessageTypeParser;
import org.junit.jupiter.api.Test;

class ColumnCursorTest {
  private static final MessageType LIST =
      MessageTypeParser.parseMessageType(
          "message m { required group ids (LIST) { repeated group list { required int64 element; }"
              + " } }");

  @Test
  void decodesRunsAndBitPackedValues() throws IOException {
    Random random = new Random(3);
    for (int bitWidth = 0; bitWidth <= 32; bitWidth++) {
      int count = 1 + random.nextInt(3_000);
      int[] values = new int[count];
      RunLengthBitPackingHybridEncoder encoder =
          new RunLengthBitPackingHybridEncoder(
              bitWidth, 64, 1 << 20, HeapByteBufferAllocator.getInstance());
      for (int i = 0; i < count; i++) {
        boolean repeat = i > 0 && random.nextInt(10) < 8;
        values[i] = repeat ? values[i - 1] : (int) (random.nextInt() & ((1L << bitWidth) - 1));
        encoder.writeInt(values[i]);
      }

      byte[] bytes = encoder.toBytes().toByteArray();
      int[] decoded = new int[count];
      RleBitPackedDecoder.decode(padded(bytes), 0, bytes.length, bitWidth, decoded, count);

      assertThat(decoded).as("%d bits", bitWidth).isEqualTo(values);
    }
  }

  @Test
  void decodesDeltasOfEveryWidth() {
    Random random = new Random(4);
    for (int bits = 0; bits < 64; bits++) {
      int count = 1 + random.nextInt(1_000);
      long[] values = new long[count];
      DeltaBinaryPackingValuesWriterForLong writer =
          new DeltaBinaryPackingValuesWriterForLong(
              128, 4, 64, 1 << 20, HeapByteBufferAllocator.getInstance());
      for (int i = 0; i < count; i++) {
        values[i] = random.nextLong() >> bits;
        writer.writeLong(values[i]);
      }

      long[] decoded = new long[count];
      DeltaBinaryPackedDecoder.decode(padded(bytes(writer.getBytes())), 0, decoded, count, false);

      assertThat(decoded).as("%d bits", 64 - bits).isEqualTo(values);
    }
  }

  @Test
  void decodesDeltasThatWrapAt32Bits() {
    int[] values = {Integer.MIN_VALUE, Integer.MAX_VALUE, 0, -1, Integer.MIN_VALUE, 7};
    DeltaBinaryPackingValuesWriterForInteger writer =
        new DeltaBinaryPackingValuesWriterForInteger(
            128, 4, 64, 1 << 20, HeapByteBufferAllocator.getInstance());
    for (int value : values) {
      writer.writeInteger(value);
    }

    long[] decoded = new long[values.length];
    DeltaBinaryPackedDecoder.decode(
        padded(bytes(writer.getBytes())), 0, decoded, values.length, true);

    for (int i = 0; i < values.length; i++) {
      assertThat(decoded[i]).isEqualTo(values[i]);
    }
  }

  /** Version 1 pages may end anywhere; parquet-java never writes such, other writers do. */
  @Test
  void joinsRowsThatSpanPages() throws IOException {
    Random random = new Random(5);
    for (int round = 0; round < 200; round++) {
      List<List<Long>> rows = new ArrayList<>();
      List<long[]> entries = new ArrayList<>();
      for (int row = 0; row < 20; row++) {
        List<Long> values = new ArrayList<>();
        int size = random.nextInt(4) == 0 ? 0 : random.nextInt(8);
        for (int i = 0; i < size; i++) {
          values.add(random.nextLong());
          entries.add(new long[] {i == 0 ? 0 : 1, 1, values.get(i)});
        }

        if (size == 0) {
          entries.add(new long[] {0, 0, 0});
        }

        rows.add(values);
      }

      ByteArrayOutputStream chunk = new ByteArrayOutputStream();
      int start = 0;
      while (start < entries.size()) {
        int end = Math.min(entries.size(), start + 1 + random.nextInt(9));
        writePage(chunk, entries.subList(start, end));
        start = end;
      }

      ColumnDescriptor column = LIST.getColumns().get(0);
      ColumnChunk parsed =
          ColumnChunk.parse(chunk.toByteArray(), CompressionCodecName.UNCOMPRESSED, entries.size());
      try (PageBuffer buffer = new PageBuffer()) {
        ColumnCursor cursor = new ColumnCursor(parsed, column, ColumnCursor.Nulls.REFUSED, buffer);
        for (int row = 0; row < rows.size(); row += 1 + random.nextInt(3)) {
          cursor.seek(row);
          List<Long> read = new ArrayList<>();
          for (int i = cursor.from(); i < cursor.to(); i++) {
            read.add(cursor.longAt(i));
          }

          assertThat(read).as("round %d, row %d", round, row).isEqualTo(rows.get(row));
        }
      }
    }
  }

  /** Writes entries of repetition level, definition level and value as a plain page. */
  private static void writePage(ByteArrayOutputStream out, List<long[]> entries)
      throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (int level = 0; level < 2; level++) {
      RunLengthBitPackingHybridEncoder encoder =
          new RunLengthBitPackingHybridEncoder(
              1, 64, 1 << 16, HeapByteBufferAllocator.getInstance());
      for (long[] entry : entries) {
        encoder.writeInt((int) entry[level]);
      }

      byte[] levels = encoder.toBytes().toByteArray();
      body.write(
          ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(levels.length).array());
      body.write(levels);
    }

    for (long[] entry : entries) {
      if (entry[1] == 1) {
        body.write(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(entry[2]).array());
      }
    }

    PageHeader header = new PageHeader(PageType.DATA_PAGE, body.size(), body.size());
    header.setData_page_header(
        new DataPageHeader(entries.size(), Encoding.PLAIN, Encoding.RLE, Encoding.RLE));
    Util.writePageHeader(header, out);
    out.write(body.toByteArray());
  }

  private static byte[] bytes(BytesInput input) {
    try {
      return input.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] padded(byte[] bytes) {
    return Arrays.copyOf(bytes, bytes.length + PageBuffer.PADDING);
  }
}
