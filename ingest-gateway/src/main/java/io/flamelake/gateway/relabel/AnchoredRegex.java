/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.relabel;

import static java.util.Objects.requireNonNull;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * A regular expression that matches whole texts, newlines included, as Prometheus' do; and the
 * expansion of templates with what it matched. RE2, so in time linear in the text.
 */
public final class AnchoredRegex {

  /** Matches everything and captures it. */
  public static final AnchoredRegex ANYTHING = new AnchoredRegex("(.*)");

  private static final String META_CHARACTERS = "\\.+*?()[]{}|^$";
  private static final String QUANTIFIERS = "*+?{";

  private final String text;
  private final Pattern pattern;

  /** What every match begins with: most texts are told apart without the engine. */
  private final String prefix;

  /**
   * @throws IllegalArgumentException if it is no RE2 expression
   */
  public AnchoredRegex(String text) {
    this.text = requireNonNull(text, "text");
    this.prefix = literalPrefix(text);
    try {
      this.pattern = Pattern.compile(text, Pattern.DOTALL);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("'" + text + "' (" + e.getMessage() + ")", e);
    }
  }

  /** Whether the text matches from its beginning to its end. */
  public boolean matches(String candidate) {
    return candidate.startsWith(prefix) && pattern.matches(candidate);
  }

  /** A match of the whole text, to expand templates with, or null. */
  @Nullable Match find(String candidate) {
    if (!candidate.startsWith(prefix)) {
      return null;
    }

    Matcher matcher = pattern.matcher(candidate);
    return matcher.matches() ? new Match(matcher) : null;
  }

  /** Whether a template has a reference to a group, or what looks like one. */
  static boolean hasReference(String template) {
    return template.indexOf('$') >= 0;
  }

  private static String literalPrefix(String regex) {
    int end = 0;
    while (end < regex.length() && META_CHARACTERS.indexOf(regex.charAt(end)) < 0) {
      end++;
    }

    if (end > 0 && end < regex.length() && QUANTIFIERS.indexOf(regex.charAt(end)) >= 0) {
      end = regex.offsetByCodePoints(end, -1);
    }

    // Of alternatives each begins in its own way.
    return regex.indexOf('|') >= 0 ? "" : regex.substring(0, end);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AnchoredRegex && text.equals(((AnchoredRegex) other).text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The expression as it was written. */
  @Override
  public String toString() {
    return text;
  }

  /** What the groups of one text hold. */
  static final class Match {

    private final Matcher matcher;

    private Match(Matcher matcher) {
      this.matcher = matcher;
    }

    /**
     * Replaces {@code $name} and <code>${name}</code> by groups, as Go's {@code Regexp.Expand}
     * does: without braces the name is as long as possible ({@code $1x} is the group {@code 1x}), a
     * group that does not exist is empty, {@code $$} is a dollar, and so is a dollar that begins no
     * name.
     */
    String expand(String template) {
      if (!hasReference(template)) {
        return template;
      }

      StringBuilder result = new StringBuilder();
      int position = 0;
      while (position < template.length()) {
        char c = template.charAt(position);
        if (c != '$') {
          result.append(c);
          position++;
        } else if (position + 1 < template.length() && template.charAt(position + 1) == '$') {
          result.append('$');
          position += 2;
        } else {
          position = expandReference(template, position, result);
        }
      }

      return result.toString();
    }

    /** Returns the position after the reference whose dollar is at {@code dollar}. */
    private int expandReference(String template, int dollar, StringBuilder result) {
      boolean hasBrace = dollar + 1 < template.length() && template.charAt(dollar + 1) == '{';
      int start = hasBrace ? dollar + 2 : dollar + 1;
      int end = start;
      while (end < template.length() && isNamePart(template.charAt(end))) {
        end++;
      }

      boolean isClosed = !hasBrace || (end < template.length() && template.charAt(end) == '}');
      if (end == start || !isClosed) {
        result.append('$');
        return dollar + 1;
      }

      String value = group(template.substring(start, end));
      result.append(value == null ? "" : value);
      return hasBrace ? end + 1 : end;
    }

    private @Nullable String group(String name) {
      int number = groupNumber(name);
      if (number >= 0) {
        return number <= matcher.groupCount() ? matcher.group(number) : null;
      }

      return matcher.pattern().namedGroups().containsKey(name) ? matcher.group(name) : null;
    }

    /** The number a name stands for, or -1; a number with a leading zero is a name. */
    private static int groupNumber(String name) {
      boolean isNumber =
          name.length() <= 9
              && name.chars().allMatch(c -> c >= '0' && c <= '9')
              && (name.charAt(0) != '0' || name.length() == 1);
      return isNumber ? Integer.parseInt(name) : -1;
    }

    private static boolean isNamePart(char c) {
      return Character.isLetterOrDigit(c) || c == '_';
    }
  }
}
