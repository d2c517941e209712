/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What is fuzzed, each in a process of its own. */
enum FuzzTarget {
  PPROF(PprofFuzz.class, PprofFuzz::fuzzerTestOneInput, PprofFuzz::seeds),
  FOLDED(FoldedFuzz.class, FoldedFuzz::fuzzerTestOneInput, FoldedFuzz::seeds),
  TRIE(TrieFuzz.class, TrieFuzz::fuzzerTestOneInput, TrieFuzz::seeds),
  TREE(TreeFuzz.class, TreeFuzz::fuzzerTestOneInput, TreeFuzz::seeds),
  SPEEDSCOPE(SpeedscopeFuzz.class, SpeedscopeFuzz::fuzzerTestOneInput, SpeedscopeFuzz::seeds),
  JFR(JfrFuzz.class, JfrFuzz::fuzzerTestOneInput, JfrFuzz::seeds),
  OTLP(OtlpFuzz.class, OtlpFuzz::fuzzerTestOneInput, OtlpFuzz::seeds),
  OTLP_JSON(OtlpJsonFuzz.class, OtlpJsonFuzz::fuzzerTestOneInput, OtlpJsonFuzz::seeds),
  SELECTOR(SelectorFuzz.class, SelectorFuzz::fuzzerTestOneInput, SelectorFuzz::seeds),
  SEGMENT(SegmentFuzz.class, SegmentFuzz::fuzzerTestOneInput, SegmentFuzz::seeds),
  INGEST(IngestFuzz.class, IngestFuzz::fuzzerTestOneInput, IngestFuzz::seeds),
  CONNECT(ConnectFuzz.class, ConnectFuzz::fuzzerTestOneInput, ConnectFuzz::seeds);

  private final Class<?> target;
  private final Consumer<byte[]> test;
  private final Supplier<List<byte[]>> seeds;

  FuzzTarget(Class<?> target, Consumer<byte[]> test, Supplier<List<byte[]>> seeds) {
    this.target = target;
    this.test = test;
    this.seeds = seeds;
  }

  /**
   * Finds a target by its name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static FuzzTarget of(String name) {
    for (FuzzTarget target : values()) {
      if (target.id().equals(name)) {
        return target;
      }
    }

    throw new IllegalArgumentException(
        "target: " + name + " (expected: one of " + List.of(values()) + ")");
  }

  /** The name on the command line, and of the target's directories. */
  String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The class that Jazzer calls. */
  Class<?> targetClass() {
    return target;
  }

  /** Decodes one input, and throws if anything but what is documented comes of it. */
  void run(byte[] input) {
    test.accept(input);
  }

  /** Good inputs, to begin with. */
  List<byte[]> seeds() {
    return seeds.get();
  }

  @Override
  public String toString() {
    return id();
  }
}
