/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.gzip;

import static java.util.Objects.requireNonNull;

import java.util.Objects;

/**
 * Tells, while gzip is inflated, whether to stop because it is a bomb: a stream of more than a
 * limit that is made of very little.
 *
 * <p>Inflating takes time for each byte that comes out, so a bomb costs as much as the limit
 * allows. What would come out can be counted in a fraction of that, since a bomb's codes stand for
 * 258 bytes each. This is done at most once for a stream, and only where something speaks for a
 * bomb: trailers may lie, and of several members only the last one's is at hand, so they never
 * decide.
 */
public final class BombDetector {

  /** At most so many bytes should be inflated between two questions. */
  public static final int STEP_BYTES = 1 << 20;

  /** What is inflated as fast as the question whether to do it can be answered. */
  private static final long FREE_BYTES = 4 << 20;

  /** Profiles are compressed to a tenth or, where they say little, to a thirtieth. */
  private static final int MIN_EXPANSION = 64;

  private static final int TRAILER_SIZE_BYTES = 4;

  private final byte[] in;
  private final int start;
  private final int end;
  private final long maxBytes;
  private boolean isDone;

  /**
   * @param in holds the stream in a range, not changed
   * @param maxBytes that it may inflate to
   */
  public BombDetector(byte[] in, int offset, int length, long maxBytes) {
    this.in = requireNonNull(in, "in");
    Objects.checkFromIndexSize(offset, length, in.length);
    this.start = offset;
    this.end = offset + length;
    this.maxBytes = maxBytes;
  }

  /**
   * Whether the stream is a bomb. What is damaged is none, unless the damage comes after the limit.
   *
   * @param consumed how much of the stream has been inflated
   * @param inflated what came of it
   */
  public boolean isBomb(long consumed, long inflated) {
    if (isDone || !isSuspicious(consumed, inflated)) {
      return false;
    }

    isDone = true;
    // Of so much no bomb of this size would be made.
    int last = (int) Math.min(end, start + maxBytes / MIN_EXPANSION);
    return new InflatedSize(in, start, last).countTo(maxBytes + 1) > maxBytes;
  }

  private boolean isSuspicious(long consumed, long inflated) {
    return inflated == 0
        ? statedSize() > maxBytes
        : inflated > FREE_BYTES && inflated / MIN_EXPANSION > consumed;
  }

  private long statedSize() {
    if (end - start < TRAILER_SIZE_BYTES) {
      return 0;
    }

    long size = 0;
    for (int i = 1; i <= TRAILER_SIZE_BYTES; i++) {
      size = size << Byte.SIZE | in[end - i] & 0xFF;
    }

    return size;
  }
}
