/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.fuzz;

import static io.flamelake.fuzz.Bounds.check;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.flamelake.model.InvalidSelectorException;
import io.flamelake.model.LabelSet;
import io.flamelake.model.Matcher;
import io.flamelake.model.Selector;
import io.flamelake.model.TypedSelector;
import java.util.List;
import java.util.stream.Stream;

/** Label selectors, alone and after the profile type of {@code /pyroscope/render}. */
public final class SelectorFuzz {

  private static final List<LabelSet> SERIES =
      List.of(
          LabelSet.EMPTY,
          LabelSet.of("service_name", "cart", "pod", "cart-1", "__name__", "process_cpu"),
          LabelSet.of("service_name", "a".repeat(2048), "größe", "日本語"),
          LabelSet.of("service_name", "\u0000\n' OR 1=1 --", "pod", "\\"));

  private SelectorFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, UTF_8);
    Selector selector = Bounds.decode(InvalidSelectorException.class, () -> Selector.parse(text));
    if (selector != null) {
      checkSelector(selector);
    }

    TypedSelector typed =
        Bounds.decode(InvalidSelectorException.class, () -> Selector.parseRenderQuery(text));
    if (typed != null) {
      checkSelector(typed.selector());
    }
  }

  static List<byte[]> seeds() {
    return Stream.of(
            "{service_name=\"cart\", pod=~\"cart-.*\"}",
            "{}",
            "process_cpu{pod!=\"\",'größe'!~`a|b|日`,}",
            "{\"process_cpu\", pod=\"\\x61\\u00e9\\U0001F600\\101\\n\\\"\"} # end",
            "{pod=~\"(a+)+$\", namespace!~\"[^a-z]{2,5}|(?i:x)?\"}",
            "process_cpu:cpu:nanoseconds:cpu:nanoseconds{service_name=\"cart\"}")
        .map(text -> text.getBytes(UTF_8))
        .toList();
  }

  private static void checkSelector(Selector selector) {
    Selector again = Selector.parse(selector.toString());
    check(again.equals(selector), "%s (expected: %s)", again, selector);
    for (LabelSet series : SERIES) {
      boolean all = true;
      for (Matcher matcher : selector.matchers()) {
        boolean matches = matcher.matches(series.value(matcher.name()));
        check(
            matches != inverse(matcher).matches(series.value(matcher.name())),
            "%s and its opposite agree",
            matcher);
        all &= matches;
      }

      check(selector.matches(series) == all, "%s on %s", selector, series);
    }
  }

  private static Matcher inverse(Matcher matcher) {
    Matcher.Operator operator =
        switch (matcher.operator()) {
          case EQUAL -> Matcher.Operator.NOT_EQUAL;
          case NOT_EQUAL -> Matcher.Operator.EQUAL;
          case REGEX -> Matcher.Operator.NOT_REGEX;
          case NOT_REGEX -> Matcher.Operator.REGEX;
        };
    return new Matcher(matcher.name(), operator, matcher.value());
  }
}
