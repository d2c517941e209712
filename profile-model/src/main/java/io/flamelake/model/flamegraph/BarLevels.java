/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.flamegraph;

import io.flamelake.proto.querier.v1.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Collects the bars of a flame graph level by level, each level from right to left, and writes them
 * from left to right.
 */
final class BarLevels {

  private final int barLength;
  private final List<long[]> levels = new ArrayList<>();
  private int[] lengths = new int[64];

  /**
   * @param barLength the numbers in a bar: 4, or 7 with the second side of a diff
   */
  BarLevels(int barLength) {
    this.barLength = barLength;
  }

  /** Adds a bar left of all others of its level. */
  void prepend(int level, long... bar) {
    if (level == levels.size()) {
      levels.add(new long[8 * barLength]);
      if (level == lengths.length) {
        lengths = Arrays.copyOf(lengths, 2 * level);
      }
    }

    long[] bars = levels.get(level);
    if (lengths[level] == bars.length) {
      bars = Arrays.copyOf(bars, 2 * bars.length);
      levels.set(level, bars);
    }

    System.arraycopy(bar, 0, bars, lengths[level], barLength);
    lengths[level] += barLength;
  }

  /**
   * Writes the levels with their offsets relative to the end of the bar before.
   *
   * @param offsetColumns the columns with an offset, each followed by the width of the bar
   */
  List<Level> toLevels(int... offsetColumns) {
    List<Level> result = new ArrayList<>(levels.size());
    for (int level = 0; level < levels.size(); level++) {
      long[] bars = levels.get(level);
      Level.Builder builder = Level.newBuilder();
      long[] ends = new long[offsetColumns.length];
      for (int bar = lengths[level] - barLength; bar >= 0; bar -= barLength) {
        for (int i = 0; i < offsetColumns.length; i++) {
          int column = bar + offsetColumns[i];
          long end = bars[column] + bars[column + 1];
          bars[column] -= ends[i];
          ends[i] = end;
        }

        for (int i = 0; i < barLength; i++) {
          builder.addValues(bars[bar + i]);
        }
      }

      result.add(builder.build());
    }

    return result;
  }
}
