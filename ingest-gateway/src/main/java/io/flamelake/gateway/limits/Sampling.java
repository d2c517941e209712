/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.limits;

import io.flamelake.model.LabelSet;
import io.flamelake.model.Selector;
import io.flamelake.model.XxHash64;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Lets only a part of some profiles through. Which ones follows from their ids, so a profile that
 * is sent again meets the same fate.
 *
 * @param usageGroups names of groups of series
 * @param probabilities what part of a group's profiles is kept, 0 to 1, by the group's name. Of a
 *     series in several groups the smallest one counts; in none, all are kept
 */
public record Sampling(Map<String, Selector> usageGroups, Map<String, Double> probabilities) {

  /** Keeps everything. */
  public static final Sampling NONE = new Sampling(Map.of(), Map.of());

  /** Groups that one tenant may have: each is asked for each profile. */
  public static final int MAX_GROUPS = 50;

  /** 2^53, the integers that a double holds exactly. */
  private static final double STEPS = 1L << 53;

  public Sampling {
    usageGroups = Map.copyOf(new TreeMap<>(usageGroups));
    probabilities = Map.copyOf(new TreeMap<>(probabilities));
    if (usageGroups.size() > MAX_GROUPS) {
      throw new IllegalArgumentException(
          "usageGroups: " + usageGroups.size() + " (expected: <= " + MAX_GROUPS + ")");
    }

    probabilities.forEach(
        (group, probability) -> {
          if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException(
                "probability of " + group + ": " + probability + " (expected: 0..1)");
          }
        });
  }

  public Sampling withUsageGroups(Map<String, Selector> groups) {
    return new Sampling(groups, probabilities);
  }

  public Sampling withProbabilities(Map<String, Double> newProbabilities) {
    return new Sampling(usageGroups, newProbabilities);
  }

  /** Whether a profile of a series is to be stored. */
  public boolean keeps(LabelSet series, UUID profileId) {
    if (probabilities.isEmpty()) {
      return true;
    }

    double smallest = 1;
    for (Map.Entry<String, Double> rule : probabilities.entrySet()) {
      Selector group = usageGroups.get(rule.getKey());
      if (group != null && rule.getValue() < smallest && group.matches(series)) {
        smallest = rule.getValue();
      }
    }

    return smallest == 1 || position(profileId) < smallest;
  }

  /** A number of [0, 1) that is spread evenly however regular the ids are. */
  private static double position(UUID id) {
    long hash =
        XxHash64.hash(
            new long[] {id.getMostSignificantBits(), id.getLeastSignificantBits()}, 0, 2, 0);
    return (hash >>> 11) / STEPS;
  }
}
