/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.symbols;

import io.flamelake.query.StackSums;
import io.flamelake.query.cache.WeightedCache;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** The function names of stacks that queries asked for last. Safe for use by many threads. */
public final class StackSymbolCache {
  private final WeightedCache<StackSums.Key, StackSymbols> stacks;
  private final Counter unknownStacks;

  public StackSymbolCache(long maxBytes, MeterRegistry meters) {
    this.stacks = new WeightedCache<>(maxBytes, StackSymbols::weight);
    this.unknownStacks =
        Counter.builder("flamelake.query.unknown.stacks")
            .description("Stacks in answers whose symbols no table and no segment had")
            .register(meters);
    meters.gauge("flamelake.query.stack.cache.bytes", stacks, WeightedCache::weight);
  }

  /** The symbols kept for a key; empty if none were. */
  StackSymbols symbols(StackSums.Key key) {
    StackSymbols cached = stacks.find(key);
    return cached == null ? stacks.add(key, new StackSymbols()) : cached;
  }

  /** To be called when the symbols of a key have grown. */
  void reweigh(StackSums.Key key) {
    stacks.reweigh(key);
  }

  void countUnknownStacks(int count) {
    unknownStacks.increment(count);
  }
}
