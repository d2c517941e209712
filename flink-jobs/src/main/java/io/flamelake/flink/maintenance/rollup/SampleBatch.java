/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.flink.maintenance.rollup;

import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Sums the samples of as many trees as fit into memory, in the order of their keys: what comes
 * later in this order is left out, and is the next batch.
 */
final class SampleBatch {

  /** A stack id with its sum, in a hash map that is half full, and the nodes that it adds. */
  private static final long BYTES_PER_STACK = 256;

  /** The share of a stack where a single tree is all there is, whose nodes are counted. */
  private static final long BYTES_PER_LONE_STACK = 64;

  private final long maxBytes;
  private final long maxLoneBytes;
  private final @Nullable SampleKey from;
  private @Nullable SampleKey end;
  private final TreeMap<SampleKey, StackTotals> totals = new TreeMap<>();
  private long stackCount;
  private @Nullable SampleKey lastKey;
  private @Nullable StackTotals lastTotals;

  /**
   * @param maxBytes of several trees
   * @param maxLoneBytes of a single one
   * @param from the first key of the batch; null for the first of all
   */
  SampleBatch(long maxBytes, long maxLoneBytes, @Nullable SampleKey from) {
    this.maxBytes = maxBytes;
    this.maxLoneBytes = maxLoneBytes;
    this.from = from;
  }

  /**
   * Adds a profile, unless it belongs to another batch.
   *
   * @throws UnmadeHoursException if the stacks of a single tree do not fit
   */
  void add(int hour, String serviceName, String profileType, long[] stackIds, long[] values)
      throws UnmadeHoursException {
    StackTotals target = find(hour, serviceName, profileType);
    if (target == null) {
      return;
    }

    stackCount += target.add(stackIds, values);
    while (stackCount * BYTES_PER_STACK > maxBytes && totals.size() > 1) {
      leaveLastOut();
    }

    if (stackCount * BYTES_PER_LONE_STACK > maxLoneBytes) {
      throw UnmadeHoursException.tooLarge(totals.firstKey(), stackCount + " stacks");
    }
  }

  SortedMap<SampleKey, StackTotals> totals() {
    return totals;
  }

  /** Returns the first key of the next batch, null if this was the last one. */
  @Nullable SampleKey end() {
    return end;
  }

  private @Nullable StackTotals find(int hour, String serviceName, String profileType) {
    if (lastKey != null && lastKey.is(serviceName, profileType, hour)) {
      return lastTotals;
    }

    SampleKey key = new SampleKey(serviceName, profileType, hour);
    lastKey = key;
    boolean isOurs =
        (from == null || key.compareTo(from) >= 0) && (end == null || key.compareTo(end) < 0);
    lastTotals = isOurs ? totals.computeIfAbsent(key, any -> new StackTotals()) : null;
    return lastTotals;
  }

  private void leaveLastOut() {
    SampleKey last = totals.lastKey();
    StackTotals removed = totals.remove(last);
    stackCount -= removed == null ? 0 : removed.stackCount();
    end = last;
    lastKey = null;
    lastTotals = null;
  }
}
