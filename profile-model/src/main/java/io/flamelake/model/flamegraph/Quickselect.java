/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Finds the threshold of a truncation in linear time. */
final class Quickselect {

  private static final int SAMPLE_SIZE = 1024;

  /** How far the sample's share may be off before all nodes have to be looked at again. */
  private static final double SAMPLE_DEVIATIONS = 3;

  /**
   * The value of the {@code maxNodes}-th heaviest node, node 0 (the virtual root) not counted; zero
   * if there are no more than {@code maxNodes} nodes or no limit is set.
   *
   * <p>Pyroscope defines the threshold by a heap of {@code maxNodes} totals filled in a depth-first
   * walk which does not enter a node lighter than the heap's minimum. As no node is heavier than
   * its parent, what is not entered could not have changed the heap, and the minimum that is left
   * is this value.
   */
  static long minOfHeaviest(long[] totals, long maxNodes) {
    int nodes = totals.length - 1;
    if (maxNodes < 1 || nodes <= maxNodes) {
      return 0;
    }

    // One predictable pass leaves the few that can matter of a tree with many light nodes.
    long[] candidates = atLeast(sampledBound(totals, (double) maxNodes / nodes), totals);
    if (candidates.length < maxNodes) {
      candidates = Arrays.copyOfRange(totals, 1, totals.length);
    }

    return select(candidates, candidates.length - (int) maxNodes);
  }

  /** A weight that probably more than the given share of the nodes have, but not many more. */
  private static long sampledBound(long[] totals, double share) {
    SplittableRandom random = new SplittableRandom();
    long[] sample = new long[SAMPLE_SIZE];
    for (int i = 0; i < sample.length; i++) {
      sample[i] = totals[random.nextInt(1, totals.length)];
    }

    Arrays.sort(sample);
    double expected = share * sample.length;
    int rank = (int) (expected + SAMPLE_DEVIATIONS * Math.sqrt(expected) + 1);
    return sample[Math.max(0, sample.length - 1 - rank)];
  }

  private static long[] atLeast(long bound, long[] totals) {
    long[] result = new long[totals.length / 8 + 1];
    int size = 0;
    for (int node = 1; node < totals.length; node++) {
      if (totals[node] >= bound) {
        if (size == result.length) {
          result = Arrays.copyOf(result, totals.length);
        }

        result[size++] = totals[node];
      }
    }

    return Arrays.copyOf(result, size);
  }

  /** The value that sorting would put at the index; reorders the array. */
  private static long select(long[] values, int index) {
    // Random pivots: no input is slow on purpose. Three parts: trees have thousands of equal nodes.
    SplittableRandom random = new SplittableRandom();
    int low = 0;
    int high = values.length - 1;
    while (low < high) {
      long pivot = medianOfThree(values, low, high, random);
      int less = low;
      int greater = high;
      int i = low;
      while (i <= greater) {
        long value = values[i];
        if (value < pivot) {
          values[i++] = values[less];
          values[less++] = value;
        } else if (value > pivot) {
          values[i] = values[greater];
          values[greater--] = value;
        } else {
          i++;
        }
      }

      if (index < less) {
        high = less - 1;
      } else if (index > greater) {
        low = greater + 1;
      } else {
        return pivot;
      }
    }

    return values[low];
  }

  private static long medianOfThree(long[] values, int low, int high, SplittableRandom random) {
    long a = values[random.nextInt(low, high + 1)];
    long b = values[random.nextInt(low, high + 1)];
    long c = values[random.nextInt(low, high + 1)];
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }

  private Quickselect() {}
}
