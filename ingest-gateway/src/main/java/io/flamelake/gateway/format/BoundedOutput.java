/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.format;

import java.io.OutputStream;
import java.util.Arrays;
import java.util.Objects;

/** Bytes of a pprof that is being written, up to its limit. */
final class BoundedOutput extends OutputStream {

  private static final int MIN_BYTES = 4096;

  private final ConversionMemory memory;
  private final long maxBytes;
  private byte[] bytes = {};
  private int size;

  BoundedOutput(ConversionMemory memory, long maxBytes) {
    this.memory = memory;
    this.maxBytes = maxBytes;
  }

  @Override
  public void write(int b) {
    ensure(1);
    bytes[size++] = (byte) b;
  }

  @Override
  public void write(byte[] source, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, source.length);
    ensure(length);
    System.arraycopy(source, offset, bytes, size, length);
    size += length;
  }

  byte[] toByteArray() {
    memory.take(size);
    return Arrays.copyOf(bytes, size);
  }

  private void ensure(int more) {
    long needed = (long) size + more;
    if (needed > maxBytes) {
      throw Malformed.tooLarge(maxBytes);
    }

    if (needed > bytes.length) {
      int capacity =
          (int) Math.min(maxBytes, Math.max(needed, Math.max(MIN_BYTES, 2L * bytes.length)));
      memory.take(capacity);
      bytes = Arrays.copyOf(bytes, capacity);
    }
  }
}
