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

  /** Whether a row came since the last cleanup. Not part of the stored state: no row came yet. */
  private boolean isInUse;

  DayIds() {
    this(new LongOpenHashSet(), new LongOpenHashSet());
  }

  DayIds(LongOpenHashSet stacks, LongOpenHashSet series) {
    this.stacks = stacks;
    this.series = series;
  }

  void markInUse() {
    isInUse = true;
  }

  /** Whether it was marked since the last call. */
  boolean takeInUse() {
    boolean wasInUse = isInUse;
    isInUse = false;
    return wasInUse;
  }

  LongOpenHashSet stacks() {
    return stacks;
  }

  LongOpenHashSet series() {
    return series;
  }

  DayIds copy() {
    DayIds copy = new DayIds(stacks.clone(), series.clone());
    copy.isInUse = isInUse;
    return copy;
  }
}
