/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.segment;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import java.nio.ByteBuffer;

/**
 * Compresses the blocks of segments, a slice at a time, through two small buffers outside of the
 * heap. An array that is handed to native code is pinned: as long as that works on it the garbage
 * collector cannot run, and whoever needs memory meanwhile waits.
 *
 * <p>Not thread-safe. Meant to be kept for many segments.
 */
public final class BlockCompressor implements AutoCloseable {
  /** Profiles shrink to a third at this level already, at 400 MB/s; see the module's RATIONALE. */
  private static final int COMPRESSION_LEVEL = 1;

  private static final int SLICE_LENGTH = 64 * 1024;

  private final ZstdCompressCtx zstd = new ZstdCompressCtx();
  private final ByteBuffer slice = ByteBuffer.allocateDirect(SLICE_LENGTH);
  private final ByteBuffer compressed = ByteBuffer.allocateDirect(SLICE_LENGTH);

  public BlockCompressor() {}

  /**
   * Begins a frame.
   *
   * @param length of what will be written into it, which the frame's header says
   */
  void begin(int length) {
    // Of a frame before this one that did not come to its end nothing may be left.
    zstd.reset();
    zstd.setLevel(COMPRESSION_LEVEL);
    zstd.setPledgedSrcSize(length);
    slice.clear();
  }

  /** Adds to the frame. What is compressed so far may go to the sink. */
  void write(byte[] source, int offset, int length, ByteSink sink) {
    int position = offset;
    int end = offset + length;
    while (position < end) {
      if (!slice.hasRemaining()) {
        compressSlice(EndDirective.CONTINUE, sink);
      }

      int count = Math.min(end - position, slice.remaining());
      slice.put(source, position, count);
      position += count;
    }
  }

  /** Ends the frame: all of it is in the sink then. */
  void end(ByteSink sink) {
    compressSlice(EndDirective.END, sink);
  }

  private void compressSlice(EndDirective directive, ByteSink sink) {
    slice.flip();
    boolean isDone;
    do {
      compressed.clear();
      isDone = zstd.compressDirectByteBufferStream(compressed, slice, directive);
      sink.write(compressed.flip());
      // Where more follows, "done" means that no output is left inside, which nobody asks for.
    } while (directive == EndDirective.END ? !isDone : slice.hasRemaining());

    slice.clear();
  }

  @Override
  public void close() {
    zstd.close();
  }
}
