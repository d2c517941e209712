/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model.normalize;

import io.flamelake.model.LabelNames;
import io.flamelake.model.LabelSet;
import io.flamelake.model.ProfileType;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The profile types that Go counts from the start of a process on: what such a profile holds is
 * everything so far, and what happened between two of them is their difference.
 *
 * <p>Whether a profile is one of them is decided once, by the gateway, which says so in the
 * record's label {@code __delta__}. The ingest job and the hot tail go by the label, so they always
 * agree, whatever is set differently in the meantime.
 */
public final class CumulativeTypes {

  /** The names of profiles that have such types. */
  public static final Set<String> NAMES = Set.of("memory", "mutex", "block");

  private static final Map<String, Set<String>> SAMPLE_TYPES_BY_NAME =
      Map.of(
          "memory", Set.of("alloc_objects", "alloc_space"),
          "mutex", Set.of("contentions", "delay"),
          "block", Set.of("contentions", "delay"));

  private static final String MARK = "true";
  private static final String NO_DELTA = "false";
  private static final String NO_NAMES = "none";

  private CumulativeTypes() {}

  /** Whether a profile of this name counts this sample type from the start of the process on. */
  public static boolean contains(String name, String sampleType) {
    return SAMPLE_TYPES_BY_NAME.getOrDefault(name, Set.of()).contains(sampleType);
  }

  /** As {@link #contains(String, String)}. */
  public static boolean contains(ProfileType type) {
    return contains(type.name(), type.sampleType());
  }

  /** Whether whoever sent a series said that its profiles are differences already. */
  public static boolean areDeltas(LabelSet pushed) {
    return pushed.value(LabelNames.DELTA).equals(NO_DELTA);
  }

  /** The labels of a record whose cumulative types are to be stored as differences. */
  public static LabelSet mark(LabelSet pushed) {
    return pushed.with(LabelNames.DELTA, MARK);
  }

  /** The labels of a record that is stored as it is; whether the client said so stays in them. */
  public static LabelSet unmark(LabelSet pushed) {
    return areDeltas(pushed) ? pushed : pushed.without(LabelNames.DELTA);
  }

  /** Whether the cumulative types of a record are to be stored as differences. */
  public static boolean isMarked(LabelSet pushed) {
    return pushed.value(LabelNames.DELTA).equals(MARK);
  }

  /**
   * Reads a comma list of {@link #NAMES}; {@code none} is the empty one.
   *
   * @throws IllegalArgumentException saying what was expected
   */
  public static Set<String> parseNames(String list) {
    if (list.strip().equals(NO_NAMES)) {
      return Set.of();
    }

    Set<String> names =
        Arrays.stream(list.split(",", -1))
            .map(String::strip)
            .collect(Collectors.toCollection(TreeSet::new));
    if (!NAMES.containsAll(names)) {
      throw new IllegalArgumentException("a list of memory, mutex and block, or none");
    }

    return names;
  }

  /** Writes what {@link #parseNames} reads. */
  public static String formatNames(Set<String> names) {
    return names.isEmpty() ? NO_NAMES : String.join(",", new TreeSet<>(names));
  }
}
