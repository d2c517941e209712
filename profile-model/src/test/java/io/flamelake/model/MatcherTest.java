/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.model.Matcher.Operator;
import java.time.Duration;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MatcherTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      quoteCharacter = '`',
      value = {
        // operator, condition, value, matches
        "= foo foo true",
        "= foo foobar false",
        "= `` `` true",
        "= foo `` false",
        "!= foo bar true",
        "!= foo foo false",
        "!= foo `` true",
        "!= `` `` false",
        "!= `` x true",
        "=~ foo foo true",
        "=~ foo xfoo false",
        "=~ foo foox false",
        "=~ foo.* foobar true",
        "=~ foo.* xfoobar false",
        "=~ .*bar foobar true",
        "=~ ^foo$ foo true",
        "=~ foo|bar bar true",
        "=~ foo|bar foobar false",
        "=~ foo|bar xfoo false",
        "=~ a|ab ab true",
        "=~ (a|ab)(c|bcd) abcd true",
        "=~ foo| `` true",
        "=~ `` `` true",
        "=~ `` x false",
        "=~ .* `` true",
        "=~ .+ `` false",
        "=~ .+ x true",
        "=~ a\\.b a.b true",
        "=~ a\\.b axb false",
        "=~ a.b axb true",
        "=~ \\d+ 42 true",
        "=~ (?i)FOO foo true",
        "=~ \\Qa.b\\E a.b true",
        "=~ \\Qa.b\\E axb false",
        "=~ x{2} xx true",
        "=~ \\pL+ äß true",
        "!~ foo foo false",
        "!~ foo foobar true",
        "!~ foo|bar bar false",
        "!~ foo.* `` true",
        "!~ .+ `` true",
        "!~ .* `` false",
      })
  void matchesAsPrometheus(String operator, String condition, String value, boolean expected) {
    Operator parsed =
        switch (operator) {
          case "=" -> Operator.EQUAL;
          case "!=" -> Operator.NOT_EQUAL;
          case "=~" -> Operator.REGEX;
          default -> Operator.NOT_REGEX;
        };
    assertThat(new Matcher("a", parsed, condition).matches(value)).isEqualTo(expected);
  }

  @Test
  void matchesLineEndsWithADot() {
    assertThat(new Matcher("a", Operator.REGEX, "x.*").matches("x\ny")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(?=x)",
        "(?!x)",
        "(?<=x)y",
        "(a)\\1",
        "(",
        ")",
        "a)(b",
        "[a",
        "*",
        "a**",
        "\\",
        "x{1001}",
        "(((x{100}){100}){100}){100}",
        "\\8",
        "(?P<n>a)(?P<n>b)"
      })
  void refusesWhatRe2CannotDo(String regex) {
    assertThatThrownBy(() -> new Matcher("pod", Operator.REGEX, regex))
        .isInstanceOf(InvalidSelectorException.class)
        .hasMessageContaining("egular expression for label 'pod'");
  }

  @Test
  void refusesEndlessNesting() {
    String regex = "(".repeat(30_000) + "a+" + ")".repeat(30_000);
    assertThatThrownBy(() -> new Matcher("pod", Operator.NOT_REGEX, regex))
        .isInstanceOf(InvalidSelectorException.class)
        .hasMessage("Regular expression for label 'pod' nests 30000 groups (expected: <= 200)");
  }

  @Test
  void looksLiteralAlternationsUp() {
    assertThat(new Matcher("pod", Operator.REGEX, "a-1|b\\.c|").findLiterals())
        .containsExactly("a-1", "b.c", "");
    assertThat(new Matcher("pod", Operator.REGEX, "a.c|b").findLiterals()).isNull();
    assertThat(new Matcher("pod", Operator.EQUAL, "a|b").findLiterals()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"(a+)+$", "(.*a){25}", "x{1000}", "alternation"})
  void staysLinearOnHostileExpressions(String hostile) {
    String regex =
        hostile.equals("alternation")
            ? IntStream.range(0, 1000).mapToObj(i -> "pod-" + i).collect(Collectors.joining("|"))
            : hostile;
    Matcher matcher = new Matcher("pod", Operator.REGEX, regex);
    long start = System.nanoTime();
    int matched = 0;
    for (int i = 0; i < 100_000; i++) {
      if (matcher.matches("aaaaaaaaaa-" + i)) {
        matched++;
      }
    }

    Duration took = Duration.ofNanos(System.nanoTime() - start);
    assertThat(matched).isZero();
    assertThat(took).isLessThan(Duration.ofSeconds(15));
  }
}
