/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.pprof;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Finds the position of a pprof id in its table. Writers almost always number from 1 without gaps,
 * which costs one array read; other ids go through a hash table whose seed senders cannot know.
 */
final class IdIndex {

  static final int ABSENT = -1;

  private static final long SEED = ThreadLocalRandom.current().nextLong();

  private final long[] ids;
  private final int[] dense;
  private final int[] slots;

  private IdIndex(long[] ids, int[] dense, int[] slots) {
    this.ids = ids;
    this.dense = dense;
    this.slots = slots;
  }

  /**
   * Indexes the first {@code count} ids.
   *
   * @throws MalformedProfileException on the second use of an id
   */
  static IdIndex of(String what, long[] ids, int count) {
    long max = 0;
    for (int i = 0; i < count; i++) {
      max = Long.compareUnsigned(ids[i], max) > 0 ? ids[i] : max;
    }

    if (max >= 0 && max <= 2L * count + 64) {
      int[] dense = new int[(int) max + 1];
      Arrays.fill(dense, ABSENT);
      for (int i = 0; i < count; i++) {
        int id = (int) ids[i];
        if (dense[id] != ABSENT) {
          throw duplicate(what, id);
        }

        dense[id] = i;
      }

      return new IdIndex(ids, dense, new int[] {ABSENT});
    }

    int[] slots = new int[Integer.highestOneBit(Math.max(1, count)) << 2];
    Arrays.fill(slots, ABSENT);
    for (int i = 0; i < count; i++) {
      int slot = slot(ids[i], slots.length);
      while (slots[slot] != ABSENT) {
        if (ids[slots[slot]] == ids[i]) {
          throw duplicate(what, ids[i]);
        }

        slot = (slot + 1) & (slots.length - 1);
      }

      slots[slot] = i;
    }

    return new IdIndex(ids, new int[0], slots);
  }

  int find(long id) {
    if (id >= 0 && id < dense.length) {
      return dense[(int) id];
    }

    int slot = slot(id, slots.length);
    while (slots[slot] != ABSENT && ids[slots[slot]] != id) {
      slot = (slot + 1) & (slots.length - 1);
    }

    return slots[slot];
  }

  private static int slot(long id, int length) {
    long mixed = (id ^ SEED) * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ mixed >>> 32) * 0xD6E8FEB86659FD93L;
    return (int) (mixed >>> 32) & (length - 1);
  }

  private static MalformedProfileException duplicate(String what, long id) {
    return MalformedProfileException.malformed(
        "Two " + what + "s have the id " + Long.toUnsignedString(id));
  }
}
