/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.lake;

import com.github.luben.zstd.ZstdDecompressCtx;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.CodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;
import org.jspecify.annotations.Nullable;

/**
 * The decompressors of one scan. Zstd goes straight from the chunk into the page's array; other
 * codecs take the way through parquet-java.
 */
final class PageBuffer implements AutoCloseable {
  /** Readable bytes behind a page, so that decoders can read whole words up to its end. */
  static final int PADDING = 16;

  private static final int CODEC_PAGE_SIZE = 1 << 20;

  private @Nullable ZstdDecompressCtx zstd;
  private @Nullable CodecFactory codecs;
  private final Map<CompressionCodecName, CodecFactory.BytesDecompressor> decompressors =
      new EnumMap<>(CompressionCodecName.class);

  /**
   * Decompresses into {@code out} from {@code outOffset} on, or into a larger array if it is too
   * short; returns the array used. What was before {@code outOffset} is kept.
   */
  byte[] decompress(
      CompressionCodecName codec,
      byte[] in,
      int offset,
      int length,
      byte[] out,
      int outOffset,
      int size)
      throws IOException {
    byte[] page = out;
    if (page.length < outOffset + size + PADDING) {
      page = Arrays.copyOf(out, Math.addExact(outOffset + PADDING, size + (size >> 2)));
    }

    switch (codec) {
      case UNCOMPRESSED -> {
        requireSize(length, size);
        System.arraycopy(in, offset, page, outOffset, size);
      }
      case ZSTD ->
          requireSize(zstd().decompressByteArray(page, outOffset, size, in, offset, length), size);
      case GZIP -> {
        try (GZIPInputStream gzip =
            new GZIPInputStream(new ByteArrayInputStream(in, offset, length))) {
          requireSize(gzip.readNBytes(page, outOffset, size), size);
        }
      }
      default -> {
        BytesInput raw = BytesInput.from(ByteBuffer.wrap(in, offset, length).slice());
        byte[] bytes = decompressor(codec).decompress(raw, size).toByteArray();
        requireSize(bytes.length, size);
        System.arraycopy(bytes, 0, page, outOffset, size);
      }
    }

    return page;
  }

  private static void requireSize(int actual, int expected) {
    if (actual != expected) {
      throw new IllegalArgumentException(
          "Page decompresses to " + actual + " bytes (expected: " + expected + ")");
    }
  }

  private ZstdDecompressCtx zstd() {
    ZstdDecompressCtx context = zstd;
    if (context == null) {
      context = new ZstdDecompressCtx();
      this.zstd = context;
    }

    return context;
  }

  private CodecFactory.BytesDecompressor decompressor(CompressionCodecName codec) {
    CodecFactory factory = codecs;
    if (factory == null) {
      factory = new CodecFactory(new PlainParquetConfiguration(), CODEC_PAGE_SIZE);
      this.codecs = factory;
    }

    CodecFactory.BytesDecompressor decompressor = decompressors.get(codec);
    if (decompressor == null) {
      decompressor = factory.getDecompressor(codec);
      decompressors.put(codec, decompressor);
    }

    return decompressor;
  }

  @Override
  public void close() {
    if (zstd != null) {
      zstd.close();
    }

    if (codecs != null) {
      codecs.release();
    }
  }
}
