/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import it.unimi.dsi.fastutil.longs.Long2LongMap;
import it.unimi.dsi.fastutil.longs.Long2LongOpenHashMap;

/** The values of one tree's profiles, summed by stack id. */
final class StackTotals {

  private final Long2LongOpenHashMap values = new Long2LongOpenHashMap();
  private long profiles;
  private long samples;

  /** Adds a profile and returns how many stacks were not there before. */
  int add(long[] stackIds, long[] sampleValues) {
    int before = values.size();
    for (int i = 0; i < stackIds.length; i++) {
      values.addTo(stackIds[i], sampleValues[i]);
    }

    profiles++;
    samples += stackIds.length;
    return values.size() - before;
  }

  /** Takes a stack's sum out: only the first row of a stack id finds it. Not positive if gone. */
  long take(long stackId) {
    return values.remove(stackId);
  }

  long profiles() {
    return profiles;
  }

  long samples() {
    return samples;
  }

  int stackCount() {
    return values.size();
  }

  /** Returns how many stacks that weigh anything were not taken. */
  int untaken() {
    int count = 0;
    for (Long2LongMap.Entry entry : values.long2LongEntrySet()) {
      if (entry.getLongValue() > 0) {
        count++;
      }
    }

    return count;
  }
}
