/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.benchmarks;

import io.flamelake.model.flamegraph.CallTree;
import io.flamelake.model.flamegraph.CallTreeBuilder;
import io.flamelake.model.flamegraph.FlameGraphEncoder;
import io.flamelake.proto.querier.v1.FlameGraph;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Merging 40,000 distinct stacks of 30 frames into a tree, two trees into one, and drawing it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class CallTreeBenchmark {
  private static final int STACKS = 40_000;
  private static final int DEPTH = 30;
  private static final int FUNCTIONS = 3_000;
  private static final int MAX_NODES = 16_384;

  private final int[][] stacks = new int[STACKS][DEPTH];
  private CallTree tree = CallTree.builder().build();

  /** Stacks share a long beginning with one before them, as real ones do. */
  @Setup
  public void load() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < STACKS; i++) {
      int shared =
          i == 0 ? 0 : DEPTH - 1 - (int) Math.min(DEPTH - 1, -6 * Math.log(random.nextDouble()));
      if (shared > 0) {
        System.arraycopy(stacks[random.nextInt(i)], 0, stacks[i], 0, shared);
      }

      for (int frame = shared; frame < DEPTH; frame++) {
        stacks[i][frame] = random.nextInt(FUNCTIONS);
      }
    }

    tree = build();
    System.out.println("# " + tree.nodeCount() + " nodes");
  }

  @Benchmark
  public CallTree build() {
    CallTreeBuilder builder = CallTree.builder();
    for (int function = 0; function < FUNCTIONS; function++) {
      builder.function("function-" + function);
    }

    for (int[] stack : stacks) {
      builder.add(stack, 0, DEPTH, 1);
    }

    return builder.build();
  }

  @Benchmark
  public CallTree merge() {
    CallTreeBuilder builder = CallTree.builder();
    builder.merge(tree);
    builder.merge(tree);
    return builder.build();
  }

  @Benchmark
  public FlameGraph draw() {
    return FlameGraphEncoder.encode(tree, MAX_NODES);
  }
}
