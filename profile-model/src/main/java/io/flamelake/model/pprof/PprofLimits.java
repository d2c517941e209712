/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.pprof;

/**
 * What one pprof may cost. Exceeding {@code maxDepth} and {@code maxStringBytes} is repaired by
 * cutting, exceeding any other limit refuses the profile.
 *
 * @param maxBytes uncompressed size
 * @param maxSampleTypes values per sample; each becomes a profile type of its own
 * @param maxSamples samples per profile
 * @param maxSampleLabels labels per sample
 * @param maxDepth frames per stack; deeper stacks lose their leaves
 * @param maxStringBytes bytes per string; longer ones keep their tail
 */
public record PprofLimits(
    long maxBytes,
    int maxSampleTypes,
    int maxSamples,
    int maxSampleLabels,
    int maxDepth,
    int maxStringBytes) {

  /** Pyroscope's defaults, which clients are tuned to. */
  public static final PprofLimits DEFAULT =
      new PprofLimits(4L << 20, 64, 16_000, 100, 1_000, 65_535);

  /**
   * For payloads that a gateway has accepted under its own, perhaps wider limits: nothing is
   * refused for its size. The two limits that cut stay, so that all readers cut alike.
   */
  public static final PprofLimits STORED =
      new PprofLimits(
          Integer.MAX_VALUE,
          Integer.MAX_VALUE,
          Integer.MAX_VALUE,
          Integer.MAX_VALUE,
          DEFAULT.maxDepth,
          DEFAULT.maxStringBytes);

  public PprofLimits {
    checkPositive("maxBytes", maxBytes);
    checkPositive("maxSampleTypes", maxSampleTypes);
    checkPositive("maxSamples", maxSamples);
    checkPositive("maxSampleLabels", maxSampleLabels);
    checkPositive("maxDepth", maxDepth);
    checkPositive("maxStringBytes", maxStringBytes);
  }

  public PprofLimits withMaxBytes(long bytes) {
    return new PprofLimits(
        bytes, maxSampleTypes, maxSamples, maxSampleLabels, maxDepth, maxStringBytes);
  }

  private static void checkPositive(String name, long value) {
    if (value <= 0) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: > 0)");
    }
  }
}
