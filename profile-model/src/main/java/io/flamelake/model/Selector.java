/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Conditions on the labels of a series, all of which must hold; written as in Prometheus: {@code
 * {service_name="cart", pod=~"cart-.*"}}.
 */
public record Selector(List<Matcher> matchers) {

  /** Matches every series. */
  public static final Selector ALL = new Selector(List.of());

  /**
   * Reads a selector. A name before the braces is a condition on {@code __name__}.
   *
   * @throws InvalidSelectorException with the position of the error
   */
  public static Selector parse(String selector) {
    return new SelectorParser(selector).parse();
  }

  /** Reads several selectors, all of which must hold; none of them means {@link #ALL}. */
  public static Selector parseAll(Collection<String> selectors) {
    List<Matcher> matchers = new ArrayList<>();
    for (String selector : selectors) {
      matchers.addAll(parse(selector).matchers());
    }

    return new Selector(matchers);
  }

  /**
   * Reads the {@code query} of {@code /pyroscope/render}: a profile type id, then optionally a
   * selector in braces.
   *
   * @throws InvalidSelectorException if there is no valid type or the braces are not valid
   */
  public static TypedSelector parseRenderQuery(String query) {
    int brace = query.indexOf('{');
    String typeId = (brace < 0 ? query : query.substring(0, brace)).strip();
    Selector selector = brace < 0 ? ALL : new SelectorParser(query, brace).parse();
    if (typeId.isEmpty()) {
      throw new InvalidSelectorException(
          "Query has no profile type before the braces: " + Excerpt.start(query));
    }

    try {
      return new TypedSelector(ProfileType.parse(typeId), selector);
    } catch (InvalidSelectorException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new InvalidSelectorException(String.valueOf(e.getMessage()), e);
    }
  }

  public Selector {
    matchers = List.copyOf(matchers);
  }

  public boolean matches(LabelSet labels) {
    for (Matcher matcher : matchers) {
      if (!matcher.matches(labels.value(matcher.name()))) {
        return false;
      }
    }

    return true;
  }

  /** The value that a label must have, or null if no {@code =} condition names the label. */
  public @Nullable String equalValue(String name) {
    requireNonNull(name, "name");
    for (Matcher matcher : matchers) {
      if (matcher.operator() == Matcher.Operator.EQUAL && matcher.name().equals(name)) {
        return matcher.value();
      }
    }

    return null;
  }

  public Selector and(Matcher matcher) {
    List<Matcher> result = new ArrayList<>(matchers);
    result.add(matcher);
    return new Selector(result);
  }

  /** The selector in the notation that {@link #parse} reads. */
  @Override
  public String toString() {
    StringBuilder result = new StringBuilder("{");
    for (Matcher matcher : matchers) {
      if (result.length() > 1) {
        result.append(", ");
      }

      result.append(matcher);
    }

    return result.append('}').toString();
  }
}
