/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query.cache;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the values used last, up to a total weight. Values are immutable or guard themselves; two
 * threads that miss at the same time both load, and the first one's value stays.
 */
public final class WeightedCache<K, V> {
  private final long maxWeight;
  private final ToLongFunction<V> weigher;
  private final LinkedHashMap<K, Entry<V>> entries = new LinkedHashMap<>(64, 0.75f, true);
  private long weight;

  private record Entry<V>(V value, long weight) {}

  /**
   * @param weigher bytes that a value holds
   */
  public WeightedCache(long maxWeight, ToLongFunction<V> weigher) {
    this.maxWeight = maxWeight;
    this.weigher = weigher;
  }

  public synchronized @Nullable V find(K key) {
    Entry<V> entry = entries.get(key);
    return entry == null ? null : entry.value;
  }

  /** Adds a value, unless there is one or it is too large to keep, and returns the one to use. */
  public synchronized V add(K key, V value) {
    Entry<V> present = entries.get(key);
    if (present != null) {
      return present.value;
    }

    put(key, value);
    return value;
  }

  /** Weighs a value again that has grown since it was added; does nothing if it was evicted. */
  public synchronized void reweigh(K key) {
    Entry<V> entry = entries.remove(key);
    if (entry != null) {
      weight -= entry.weight;
      put(key, entry.value);
    }
  }

  public synchronized long weight() {
    return weight;
  }

  private void put(K key, V value) {
    long valueWeight = weigher.applyAsLong(value);
    if (valueWeight > maxWeight) {
      return;
    }

    entries.put(key, new Entry<>(value, valueWeight));
    weight += valueWeight;
    Iterator<Map.Entry<K, Entry<V>>> eldest = entries.entrySet().iterator();
    while (weight > maxWeight) {
      weight -= eldest.next().getValue().weight;
      eldest.remove();
    }
  }
}
