/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway;

import io.flamelake.model.LabelSet;
import io.flamelake.model.pprof.PprofBuilder;
import io.flamelake.model.pprof.PprofFrame;
import io.flamelake.testkit.Gzip;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Profiles to push. */
public final class TestProfiles {

  private TestProfiles() {}

  /** A CPU profile of two stacks, taken now. */
  public static PprofBuilder cpu() {
    return empty()
        .addSample(List.of("leaf", "middle", "main"), 10_000_000)
        .addSample(List.of("other", "main"), 20_000_000);
  }

  /** A CPU profile without samples. */
  public static PprofBuilder empty() {
    return new PprofBuilder()
        .addSampleType("cpu", "nanoseconds")
        .periodType("cpu", "nanoseconds")
        .period(10_000_000)
        .timeNanos(nanos(Instant.now()))
        .durationNanos(10_000_000_000L);
  }

  /** A CPU profile whose only sample has labels. */
  public static PprofBuilder withSampleLabels(LabelSet labels) {
    return empty().addSample(frames("leaf", "main"), labels, 10_000_000);
  }

  /**
   * A profile of about the size a busy service sends: many stacks over a few thousand functions.
   */
  public static byte[] large(int seed, int sampleCount) {
    Random random = new Random(seed);
    PprofBuilder builder = empty();
    for (int i = 0; i < sampleCount; i++) {
      int depth = 10 + random.nextInt(40);
      List<String> stack = new ArrayList<>(depth);
      for (int j = 0; j < depth; j++) {
        int function = random.nextInt(20 + (depth - j) * 40);
        stack.add(
            "github.com/example/service/internal/pkg" + function % 37 + ".(*Type).F" + function);
      }

      builder.addSample(stack, 1 + random.nextInt(1000));
    }

    return builder.toByteArray();
  }

  public static byte[] gzip(byte[] bytes) {
    return Gzip.compress(bytes);
  }

  public static long nanos(Instant time) {
    return time.getEpochSecond() * 1_000_000_000 + time.getNano();
  }

  private static List<PprofFrame> frames(String... leafFirst) {
    List<PprofFrame> frames = new ArrayList<>();
    for (String function : leafFirst) {
      frames.add(PprofFrame.of(function));
    }

    return frames;
  }
}
