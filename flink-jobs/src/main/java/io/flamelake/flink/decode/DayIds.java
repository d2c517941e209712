/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.decode;

import it.unimi.dsi.fastutil.longs.LongOpenHashSet;

/** The ids of one service and day that have rows in tables {@code stacks} and {@code series}. */
final class DayIds {

  private final LongOpenHashSet stacks;
  private final LongOpenHashSet series;

  DayIds() {
    this(new LongOpenHashSet(), new LongOpenHashSet());
  }

  DayIds(LongOpenHashSet stacks, LongOpenHashSet series) {
    this.stacks = stacks;
    this.series = series;
  }

  LongOpenHashSet stacks() {
    return stacks;
  }

  LongOpenHashSet series() {
    return series;
  }

  DayIds copy() {
    return new DayIds(stacks.clone(), series.clone());
  }
}
