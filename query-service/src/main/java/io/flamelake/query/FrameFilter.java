/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.query;

import io.flamelake.model.InvalidSelectorException;
import io.flamelake.model.Matcher;
import java.util.List;
import java.util.Set;

/**
 * Conditions on the functions of a stack, in whatever order they call each other.
 *
 * @param includeNames with {@code includeRegexes}: some function of the stack has one of these
 *     names or matches one of these; nothing is asked if both are empty
 * @param excludeNames no function of the stack has one of these names
 * @param includeRegexes regular expressions over the whole name, in the syntax of label matchers
 * @param excludeRegexes no function of the stack matches one of these
 */
public record FrameFilter(
    Set<String> includeNames,
    Set<String> excludeNames,
    List<Matcher> includeRegexes,
    List<Matcher> excludeRegexes) {

  /** Asks nothing. */
  public static final FrameFilter NONE = new FrameFilter(Set.of(), Set.of(), List.of(), List.of());

  private static final String FUNCTION = "function";

  public FrameFilter {
    includeNames = Set.copyOf(includeNames);
    excludeNames = Set.copyOf(excludeNames);
    includeRegexes = List.copyOf(includeRegexes);
    excludeRegexes = List.copyOf(excludeRegexes);
  }

  /**
   * A condition for {@code includeRegexes} or {@code excludeRegexes}.
   *
   * @throws InvalidSelectorException if RE2 does not support the expression
   */
  public static Matcher regex(String regex) {
    return new Matcher(FUNCTION, Matcher.Operator.REGEX, regex);
  }

  public boolean isEmpty() {
    return !needsInclude() && excludeNames.isEmpty() && excludeRegexes.isEmpty();
  }

  /** Whether a stack is selected only if {@link #includes} holds for some function of it. */
  public boolean needsInclude() {
    return !includeNames.isEmpty() || !includeRegexes.isEmpty();
  }

  public boolean includes(String function) {
    return includeNames.contains(function) || matchesAny(includeRegexes, function);
  }

  public boolean excludes(String function) {
    return excludeNames.contains(function) || matchesAny(excludeRegexes, function);
  }

  private static boolean matchesAny(List<Matcher> regexes, String function) {
    for (Matcher regex : regexes) {
      if (regex.matches(function)) {
        return true;
      }
    }

    return false;
  }
}
