/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model;

import static java.util.Objects.requireNonNull;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One condition on one label. A missing label has the empty value; a regular expression must match
 * the whole value, in the syntax of RE2 with {@code .} matching line ends as well, as in Prometheus
 * 3. Immutable and thread-safe; the expression is compiled once.
 */
public final class Matcher {

  public enum Operator {
    EQUAL("="),
    NOT_EQUAL("!="),
    REGEX("=~"),
    NOT_REGEX("!~");

    private final String symbol;

    Operator(String symbol) {
      this.symbol = symbol;
    }

    public String symbol() {
      return symbol;
    }
  }

  /** Deeper nesting than anyone writes; RE2/J parses by recursion and would exhaust the stack. */
  private static final int MAX_REGEX_NESTING = 200;

  /** RE2's own bound on one repetition, here on the product of nested ones as well. */
  private static final int MAX_REGEX_REPEAT = 1000;

  private final String name;
  private final Operator operator;
  private final String value;
  private final @Nullable Pattern pattern;
  private final @Nullable Set<String> literals;

  /**
   * @throws InvalidSelectorException if the value is a regular expression that RE2 does not support
   */
  public Matcher(String name, Operator operator, String value) {
    this.name = requireNonNull(name, "name");
    this.operator = requireNonNull(operator, "operator");
    this.value = requireNonNull(value, "value");
    if (name.isEmpty()) {
      throw new InvalidSelectorException("Label name is empty");
    }

    boolean isRegex = operator == Operator.REGEX || operator == Operator.NOT_REGEX;
    this.literals = isRegex ? parseLiterals(value) : null;
    this.pattern = isRegex && literals == null ? compile(name, value) : null;
  }

  public String name() {
    return name;
  }

  public Operator operator() {
    return operator;
  }

  public String value() {
    return value;
  }

  /** Tests the label's value, which is the empty string where the label is missing. */
  public boolean matches(String valueOrEmpty) {
    return switch (operator) {
      case EQUAL -> value.equals(valueOrEmpty);
      case NOT_EQUAL -> !value.equals(valueOrEmpty);
      case REGEX -> matchesRegex(valueOrEmpty);
      case NOT_REGEX -> !matchesRegex(valueOrEmpty);
    };
  }

  /**
   * The values that a regular expression stands for, when it is no more than an alternation of
   * literals ({@code a|b|c}); null otherwise. A storage engine turns them into an IN.
   */
  public @Nullable Set<String> findLiterals() {
    return literals;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof Matcher)) {
      return false;
    }

    Matcher that = (Matcher) other;
    return name.equals(that.name) && operator == that.operator && value.equals(that.value);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name, operator, value);
  }

  @Override
  public String toString() {
    StringBuilder result = new StringBuilder();
    SelectorParser.appendName(result, name);
    result.append(operator.symbol());
    SelectorParser.appendQuoted(result, value);
    return result.toString();
  }

  private boolean matchesRegex(String candidate) {
    if (literals != null) {
      return literals.contains(candidate);
    }

    return requireNonNull(pattern, "pattern").matches(candidate);
  }

  private static Pattern compile(String name, String regex) {
    checkSize(name, regex);
    try {
      return Pattern.compile(regex, Pattern.DOTALL);
    } catch (PatternSyntaxException e) {
      throw new InvalidSelectorException(
          "Invalid regular expression for label '"
              + Excerpt.start(name)
              + "': "
              + Excerpt.start(String.valueOf(e.getMessage())),
          e);
    }
  }

  /** Refuses what is valid RE2 but compiles into an enormous program. */
  private static void checkSize(String name, String regex) {
    int depth = 0;
    int maxDepth = 0;
    long repeats = 1;
    for (int i = 0; i < regex.length(); i++) {
      switch (regex.charAt(i)) {
        case '\\' -> i++;
        case '(' -> maxDepth = Math.max(maxDepth, ++depth);
        case ')' -> depth--;
        case '{' -> repeats = Math.min(Integer.MAX_VALUE, repeats * repeatCountAt(regex, i + 1));
        default -> {}
      }
    }

    if (maxDepth > MAX_REGEX_NESTING) {
      throw new InvalidSelectorException(
          "Regular expression for label '"
              + Excerpt.start(name)
              + "' nests "
              + maxDepth
              + " groups (expected: <= "
              + MAX_REGEX_NESTING
              + ")");
    }

    // Repetitions side by side only add up; the product is asked for where one can hold another.
    if (maxDepth > 0 && repeats > MAX_REGEX_REPEAT) {
      throw new InvalidSelectorException(
          "Regular expression for label '"
              + Excerpt.start(name)
              + "' repeats more than "
              + MAX_REGEX_REPEAT
              + " times");
    }
  }

  private static int repeatCountAt(String regex, int start) {
    int count = 0;
    int largest = 1;
    for (int i = start; i < regex.length(); i++) {
      char c = regex.charAt(i);
      if (c >= '0' && c <= '9') {
        count = Math.min(MAX_REGEX_REPEAT + 1, count * 10 + (c - '0'));
        largest = Math.max(largest, count);
      } else if (c == ',') {
        count = 0;
      } else {
        return c == '}' ? largest : 1;
      }
    }

    return 1;
  }

  private static @Nullable Set<String> parseLiterals(String regex) {
    Set<String> result = new LinkedHashSet<>();
    StringBuilder literal = new StringBuilder();
    for (int i = 0; i < regex.length(); i++) {
      char c = regex.charAt(i);
      if (c == '|') {
        result.add(literal.toString());
        literal.setLength(0);
      } else if (c == '\\') {
        // An escaped letter or digit is a class or a control character, not itself.
        i++;
        if (i == regex.length() || ".-+*?()[]{}|^$/\\".indexOf(regex.charAt(i)) < 0) {
          return null;
        }

        literal.append(regex.charAt(i));
      } else if (".+*?()[]{}^$".indexOf(c) >= 0) {
        return null;
      } else {
        literal.append(c);
      }
    }

    result.add(literal.toString());
    return Collections.unmodifiableSet(result);
  }
}
