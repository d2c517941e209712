/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.server.config;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds what was probably meant, by the fewest edits. */
final class NearestName {
  private NearestName() {}

  /** Returns the nearest candidate, or null if none shares at least half of its letters. */
  static @Nullable String find(String name, Collection<String> candidates) {
    String nearest = null;
    int fewest = Integer.MAX_VALUE;
    for (String candidate : candidates) {
      int edits = edits(name, candidate);
      if (edits < fewest) {
        fewest = edits;
        nearest = candidate;
      }
    }

    return fewest <= Math.max(2, name.length() / 2) ? nearest : null;
  }

  /** The Levenshtein distance. */
  private static int edits(String a, String b) {
    int[] above = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      above[j] = j;
    }

    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(above[j], row[j - 1]));
      }

      int[] reused = above;
      above = row;
      row = reused;
    }

    return above[b.length()];
  }
}
