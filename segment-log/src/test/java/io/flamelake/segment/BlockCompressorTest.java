/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import static io.flamelake.segment.TestRecords.ACME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockCompressorTest {
  private static final int SLICE_LENGTH = 64 * 1024;

  @ParameterizedTest
  @ValueSource(
      ints = {1, SLICE_LENGTH - 1, SLICE_LENGTH, SLICE_LENGTH + 1, 2 * SLICE_LENGTH, 1_000_000})
  void writesOneFrameThatSaysItsLength(int length) {
    try (BlockCompressor compressor = new BlockCompressor()) {
      // Random bytes do not shrink: the frame is longer than a slice of it.
      assertFrameOf(random(length), compressor, 30_000);
      assertFrameOf(new byte[length], compressor, 30_000);
      assertFrameOf(random(length), compressor, length);
    }
  }

  @Test
  void forgetsFrameThatDidNotEnd() {
    try (BlockCompressor compressor = new BlockCompressor()) {
      compressor.begin(500_000);
      compressor.write(random(200_000), 0, 200_000, new ByteSink(16));

      assertFrameOf(random(100_000), compressor, 7_000);
    }
  }

  @Test
  void refusesToEndFrameOfAnotherLength() {
    try (BlockCompressor compressor = new BlockCompressor()) {
      compressor.begin(500_000);
      ByteSink sink = new ByteSink(16);
      compressor.write(random(200_000), 0, 200_000, sink);

      assertThatThrownBy(() -> compressor.end(sink)).isInstanceOf(ZstdException.class);
    }
  }

  /** Large arrays, and copies of them, make the collector run, and everybody waits for it. */
  @Test
  void segmentTakesNoMemoryForCopiesOfThePayloads() {
    byte[] payload = new byte[100_000];
    SegmentWriter writer = new SegmentWriter();
    for (int i = 0; i < 100; i++) {
      writer.add(
          ACME,
          SegmentRecord.builder()
              .generatedId(new UUID(0, i))
              .receiveTimeNanos(1)
              .payload(payload)
              .build());
    }

    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (BlockCompressor compressor = new BlockCompressor()) {
      long before = threads.getCurrentThreadAllocatedBytes();
      byte[] segment = writer.finish(compressor);
      long allocated = threads.getCurrentThreadAllocatedBytes() - before;

      assertThat(segment).hasSizeLessThan(100_000);
      assertThat(allocated).isLessThan(writer.uncompressedBytes() / 2);
    }
  }

  private static void assertFrameOf(byte[] content, BlockCompressor compressor, int step) {
    ByteSink sink = new ByteSink(16);
    sink.writeByte(42);
    compressor.begin(content.length);
    for (int from = 0; from < content.length; from += step) {
      compressor.write(content, from, Math.min(step, content.length - from), sink);
    }

    compressor.end(sink);
    byte[] written = sink.toByteArray();
    assertThat(written[0]).as("what was there before").isEqualTo((byte) 42);
    assertThat(Zstd.getFrameContentSize(written, 1, written.length - 1)).isEqualTo(content.length);
    assertThat(Zstd.findFrameCompressedSize(written, 1))
        .as("one frame")
        .isEqualTo(written.length - 1);
    byte[] read = new byte[content.length];
    assertThat(Zstd.decompressByteArray(read, 0, read.length, written, 1, written.length - 1))
        .isEqualTo(content.length);
    assertThat(read).isEqualTo(content);
  }

  private static byte[] random(int length) {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    return content;
  }
}
