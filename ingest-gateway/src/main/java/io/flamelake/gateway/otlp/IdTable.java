/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.otlp;

import it.unimi.dsi.fastutil.ints.IntArrayList;
import java.util.Arrays;

/**
 * Ids given to entries of a dictionary's table. Forgetting them takes as long as there are some,
 * not as long as the table is: thousands of profiles may share one large dictionary.
 */
final class IdTable {

  /** No id. */
  static final int NONE = 0;

  private final int[] ids;
  private final IntArrayList used = new IntArrayList();

  IdTable(int size) {
    this.ids = new int[size];
  }

  /** The id of an entry, or {@link #NONE}. */
  int id(int index) {
    return ids[index];
  }

  void put(int index, int id) {
    ids[index] = id;
    used.add(index);
  }

  void clear() {
    if (used.size() > ids.length / 4) {
      Arrays.fill(ids, NONE);
    } else {
      for (int i = 0; i < used.size(); i++) {
        ids[used.getInt(i)] = NONE;
      }
    }

    used.clear();
  }
}
