/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.flamelake.model.Matcher.Operator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SelectorTest {

  @Test
  void readsEveryOperator() {
    assertThat(Selector.parse("{a=\"b\", c!=\"d\",e=~\"f.*\" , g!~'h|i',}").matchers())
        .containsExactly(
            new Matcher("a", Operator.EQUAL, "b"),
            new Matcher("c", Operator.NOT_EQUAL, "d"),
            new Matcher("e", Operator.REGEX, "f.*"),
            new Matcher("g", Operator.NOT_REGEX, "h|i"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", " { } ", "{\n}\t", "{} # all", "{# none\n}"})
  void readsEmptyBracesAsAll(String selector) {
    assertThat(Selector.parse(selector)).isEqualTo(Selector.ALL);
  }

  @Test
  void readsMetricNames() {
    Matcher expected = new Matcher("__name__", Operator.EQUAL, "process_cpu:x");
    assertThat(Selector.parse("process_cpu:x").matchers()).containsExactly(expected);
    assertThat(Selector.parse("process_cpu:x{}").matchers()).containsExactly(expected);
    assertThat(Selector.parse("{\"process_cpu:x\"}").matchers()).containsExactly(expected);
    assertThat(Selector.parse("process_cpu:x {a='1'}").matchers())
        .containsExactly(expected, new Matcher("a", Operator.EQUAL, "1"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      quoteCharacter = '^',
      value = {
        "{a=\"x\\\"y\"}@x\"y",
        "{a='x\\'\"y'}@x'\"y",
        "{a=`x\\n\"y'`}@x\\n\"y'",
        "{a=\"\\\\d\"}@\\d",
        "{a=\"\\t\\x41\\101\\u00e4\\U0001F525\"}@^\tAAä🔥^",
        "{a=\"\\xc3\\xa4\"}@ä",
        "{a=\"ä🔥\"}@ä🔥",
        "{\"a\"=\"{,}=~#\"}@{,}=~#",
      })
  void readsEscapes(String selector, String value) {
    assertThat(Selector.parse(selector).equalValue("a")).isEqualTo(value);
  }

  @Test
  void readsQuotedNames() {
    Selector selector = Selector.parse("{\"k8s.pod name\"=\"x\", 'a'!=`y`}");
    assertThat(selector.matchers())
        .containsExactly(
            new Matcher("k8s.pod name", Operator.EQUAL, "x"),
            new Matcher("a", Operator.NOT_EQUAL, "y"));
    assertThat(Selector.parse(selector.toString())).isEqualTo(selector);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '@',
      quoteCharacter = '^',
      value = {
        "^^@0: expected '{', found the end",
        "{@1: expected a label name or '}', found the end",
        "}@0: expected '{', found '}'",
        "{,}@1: expected a label name or '}', found ','",
        "{a=\"b\",,}@7: expected a label name or '}', found ','",
        "{a}@2: expected one of = != =~ !~, found '}'",
        "{a=}@3: expected a quoted value, found '}'",
        "{a=b}@3: expected a quoted value, found 'b'",
        "{a==\"b\"}@3: expected a quoted value, found '='",
        "{a=\"b\" c=\"d\"}@7: expected ',' or '}', found 'c'",
        "{a=\"b\"@6: expected ',' or '}', found the end",
        "{a=\"b\"}[5m]@7: expected the end, found '['",
        "{a=\"b}@3: the quoted string does not end, found '\"'",
        "{a=\"b\\\"}@3: the quoted string does not end, found '\"'",
        "{a=\"\\d\"}@4: unknown escape, found '\\'",
        "{a=\"\\'\"}@4: unknown escape, found '\\'",
        "{a=\"\\x4\"}@4: expected 2 digits in the escape, found '\\'",
        "{a=\"\\777\"}@4: the escape is out of range, found '\\'",
        "{a=\"\\ud800\"}@4: the escape is half a surrogate pair, found '\\'",
        "{a=\"\\xff\"}@3: the quoted string is not UTF-8, found '\"'",
        "{\"\"=\"x\"}@1: label name is empty, found '\"'",
        "{1a=\"x\"}@1: expected a label name or '}', found '1'",
        "{k8s.ns=\"x\"}@4: expected one of = != =~ !~, found '.'",
        "foo bar@4: expected '{', found 'b'",
      })
  void namesThePositionOfAnError(String selector, String problem) {
    assertThatThrownBy(() -> Selector.parse(selector))
        .isInstanceOf(InvalidSelectorException.class)
        .hasMessage("Invalid selector at position " + problem + " in: " + selector);
  }

  @Test
  void repeatsWhatIsAroundTheErrorOfALongSelector() {
    String before = "{a=\"" + "x".repeat(5_000) + "\", b=";
    String selector = before + "c, " + "y".repeat(5_000);
    int position = before.length();

    assertThatThrownBy(() -> Selector.parse(selector))
        .hasMessage(
            "Invalid selector at position %d: expected a quoted value, found 'c' in: …%s…",
            position, selector.substring(position - 100, position + 100));
  }

  @Test
  void refusesBadExpressions() {
    assertThatThrownBy(() -> Selector.parse("{a=~\"(?=x)\"}"))
        .isInstanceOf(InvalidSelectorException.class)
        .hasMessageStartingWith("Invalid regular expression for label 'a': ");
  }

  @Test
  void asksForEveryCondition() {
    Selector selector = Selector.parse("{a=\"1\", b!=\"2\", c=~\"|x\", d=\"\"}");
    assertThat(selector.matches(LabelSet.of("a", "1"))).isTrue();
    assertThat(selector.matches(LabelSet.of("a", "1", "b", "3", "c", "x"))).isTrue();
    assertThat(selector.matches(LabelSet.of("a", "1", "b", "2"))).isFalse();
    assertThat(selector.matches(LabelSet.of("a", "1", "c", "y"))).isFalse();
    assertThat(selector.matches(LabelSet.of("a", "1", "d", "y"))).isFalse();
    assertThat(selector.matches(LabelSet.EMPTY)).isFalse();
    assertThat(Selector.ALL.matches(LabelSet.EMPTY)).isTrue();
  }

  @Test
  void joinsSeveralSelectors() {
    Selector selector = Selector.parseAll(List.of("{a=\"1\"}", "{}", "{b=\"2\", a!=\"3\"}"));
    assertThat(selector).isEqualTo(Selector.parse("{a=\"1\", b=\"2\", a!=\"3\"}"));
    assertThat(Selector.parseAll(List.of())).isEqualTo(Selector.ALL);
    assertThat(Selector.ALL.and(new Matcher("a", Operator.EQUAL, "1")).equalValue("a"))
        .isEqualTo("1");
    assertThat(selector.equalValue("b")).isEqualTo("2");
    assertThat(Selector.parse("{a!=\"1\"}").equalValue("a")).isNull();
  }

  @Test
  void readsRenderQueries() {
    ProfileType type = ProfileType.parse("process_cpu:cpu:nanoseconds:cpu:nanoseconds");
    assertThat(Selector.parseRenderQuery(type.id() + "{service_name=\"cart\"}"))
        .isEqualTo(new TypedSelector(type, Selector.parse("{service_name=\"cart\"}")));
    assertThat(Selector.parseRenderQuery(" " + type.id() + " "))
        .isEqualTo(new TypedSelector(type, Selector.ALL));
    assertThat(Selector.parseRenderQuery("off_cpu:off:nanoseconds::{}").type().periodType())
        .isEmpty();
  }

  @Test
  void refusesRenderQueriesWithoutAType() {
    assertThatThrownBy(() -> Selector.parseRenderQuery("{a=\"b\"}"))
        .isInstanceOf(InvalidSelectorException.class)
        .hasMessage("Query has no profile type before the braces: {a=\"b\"}");
    assertThatThrownBy(() -> Selector.parseRenderQuery("cpu{}"))
        .isInstanceOf(InvalidSelectorException.class)
        .hasMessageStartingWith("Invalid profile type 'cpu'");
    assertThatThrownBy(() -> Selector.parseRenderQuery("x".repeat(5_000) + "{}"))
        .hasMessageStartingWith("Invalid profile type '" + "x".repeat(200) + "…' (expected: ");
    assertThatThrownBy(() -> Selector.parseRenderQuery("{a=\"" + "x".repeat(5_000) + "\"}"))
        .hasMessageEndingWith("before the braces: {a=\"" + "x".repeat(196) + "…");
    assertThatThrownBy(() -> Selector.parseRenderQuery("a:b:c:d:e{a=}"))
        .isInstanceOf(InvalidSelectorException.class)
        .hasMessageStartingWith("Invalid selector at position 12: expected a quoted value");
  }
}
